namespace Vigie.Hub.Alerts.Channels;

/// <summary>The frame of a mail that no template makes: a card with a coloured edge. Mail programs know little CSS, and only in attributes.</summary>
static class MailPage
{
    const string Body = "margin:0;padding:16px;background:#f4f6f9;font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1f2937";

    /// <param name="content">HTML, in which everything from outside is encoded.</param>
    public static string Of(string language, string colour, string content) => $"""
        <!doctype html>
        <html lang="{language}"><body style="{Body}">
        <table role="presentation" width="100%" style="max-width:680px;margin:auto;background:#ffffff;border-radius:8px;border-top:5px solid {colour}">
        <tr><td style="padding:20px 24px">
        {content}
        </td></tr></table>
        </body></html>

        """;
}
