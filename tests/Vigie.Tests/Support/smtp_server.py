"""A real SMTP server (aiosmtpd) for the tests: puts mails into a Maildir and answers as the file REPLY says.

usage: smtp_server.py PORT MAILDIR REPLY [USER PASSWORD]
PASSWORD is also the OAuth token of USER; a USER that begins with "old-" is offered XOAUTH2 only.
REPLY holds one line such as "451 try later"; while it is missing or empty, mails are taken.
"""
import asyncio
import base64
import mailbox
import os
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP


class Handler:
    def __init__(self, maildir, reply):
        self.maildir = mailbox.Maildir(maildir)
        self.reply = reply

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(self.reply):
            with open(self.reply) as file:
                line = file.read().strip()
            if line == "hang":
                await asyncio.sleep(3600)
            if line:
                return line
        self.maildir.add(envelope.original_content)
        return "250 taken"

    async def auth_XOAUTH2(self, server, args):
        return self.bearer(args, "user=%s\x01")

    async def auth_OAUTHBEARER(self, server, args):
        return self.bearer(args, "n,a=%s,\x01")

    def bearer(self, args, begins):
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        right = len(sys.argv) > 5 and said.startswith(begins % sys.argv[4]) and said.endswith("\x01auth=Bearer %s\x01\x01" % sys.argv[5])
        return AuthResult(success=right, handled=False)


if len(sys.argv) > 4 and sys.argv[4].startswith("old-"):
    del Handler.auth_OAUTHBEARER


class Server(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True, authenticator=self.login, auth_required=len(sys.argv) > 4, auth_require_tls=False)

    def login(self, server, session, envelope, mechanism, data):
        right = len(sys.argv) > 5 and data.login == sys.argv[4].encode() and data.password == sys.argv[5].encode()
        return AuthResult(success=right, handled=False)


server = Server(Handler(sys.argv[2], sys.argv[3]), hostname="127.0.0.1", port=int(sys.argv[1]))
server.start()
print("ready", flush=True)
sys.stdin.read()  # ends with its parent
server.stop()
