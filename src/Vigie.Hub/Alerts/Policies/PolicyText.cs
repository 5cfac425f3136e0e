namespace Vigie.Hub.Alerts.Policies;

/// <summary>What a policy could look like, for who has none yet. All of it is commented out: it changes nothing.</summary>
static class PolicyText
{
    public const string Example = """
        # The policy of this hub: `vigie apply -f FILE` puts it in force, docs/policy.md describes it. None is in force yet.

        # Which servers carry which tags; * stands for any text.
        #tags:
        #  web: ["web*"]
        #  "site:paris": ["par-*", gw1]

        # Rules of your own, from a headline (cpu, memory, swap, disk, inodes, load, users) or a question in PromQL.
        # One with the name of a built-in rule takes its place; off switches built-in ones off.
        #off: [cpu-busy]
        #rules:
        #  - name: web-cpu
        #    headline: cpu
        #    hosts: tag:web
        #    warning: {at: 80%, clear: 70%}
        #    critical: 95%
        #    for: 10m
        #    annotations: {runbook: "https://wiki.example.org/cpu/{{ host }}"}

        # Who is told. The first route that matches counts; what none matches goes to every channel.
        #routes:
        #  - name: databases
        #    hosts: ["db*"]
        #    severity: critical
        #    channels: [rota:oncall]
        #    escalate: [{after: 15m, channels: [mail]}]
        #  - name: all others
        #    channels: [mail]
        #    quiet: nights

        # Times in which what is not critical waits.
        #quiet:
        #  - {name: nights, daily: "22:00-07:00", timezone: Europe/Paris}

        # Maintenance windows: nobody is told, and what still fires at the end is told then.
        #windows:
        #  - {name: patches, hosts: ["tag:web"], weekly: "tue 22:00-23:30", note: "security updates"}
        #  - {name: backup, rules: ["load-high", "disk-*"], cron: "0 3 1 * *", for: 2h}
        #  - {name: move, from: 2026-12-24 18:00, until: 2026-12-26 08:00}

        # Channels besides those of config.json; `vigie channel kinds` lists kinds and settings. Keep secrets in files.
        #channels:
        #  night: {kind: ntfy, topic: our-night-shift, tokenFile: /etc/vigie/ntfy}

        # Channels that take turns.
        #rotas:
        #  - {name: oncall, members: [ada, ben], starts: 2026-01-05 09:00, every: 7d, timezone: Europe/Paris}

        """;
}
