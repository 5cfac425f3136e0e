using System.Text;
using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;
using Vigie.Hub.Inventory;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.Inventories;

namespace Vigie.Tests.Hub.Advisories.Matching;

/// <summary>Each verdict, and each trap that makes others cry wolf or keep silent.</summary>
public sealed class MatcherTests
{
    const string Tracker = """
        {"openssl": {"CVE-2026-0001": {"releases": {
            "bookworm": {"status": "resolved", "fixed_version": "3.0.17-1~deb12u2", "urgency": "high",
              "repositories": {"bookworm": "3.0.16-1~deb12u1", "bookworm-security": "3.0.17-1~deb12u2"}},
            "trixie": {"status": "resolved", "fixed_version": "3.5.1-1", "urgency": "high**", "repositories": {"trixie": "3.5.1-1"}}}},
          "TEMP-000001-ABCDEF": {"releases": {"bookworm": {"status": "open", "repositories": {}}}},
          "CVE-2026-0002": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.17-1~deb12u1", "urgency": "low",
            "repositories": {"bookworm": "3.0.16-1~deb12u1"}}}}},
         "nginx": {"CVE-2026-0003": {"releases": {"bookworm": {"status": "open", "nodsa": "Minor issue", "nodsa_reason": "",
           "urgency": "not yet assigned", "repositories": {"bookworm": "1.22.1-9"}}}},
          "CVE-2026-0004": {"releases": {"bookworm": {"status": "open", "nodsa": "Too intrusive", "nodsa_reason": "ignored",
            "repositories": {"bookworm": "1.22.1-9"}}}},
          "CVE-2026-0005": {"releases": {"bookworm": {"status": "undetermined", "repositories": {"bookworm": "1.22.1-9"}}}},
          "CVE-2026-0006": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0", "repositories": {"bookworm": "1.22.1-9"}}}},
          "CVE-2026-0007": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant", "repositories": {"bookworm": "1.22.1-9"}}}},
          "CVE-2026-0008": {"releases": {"bookworm": {"status": "open", "nodsa": "Minor", "nodsa_reason": "postponed",
            "repositories": {"bookworm": "1.22.1-9"}}}}},
         "linux": {"CVE-2026-0009": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "6.1.106-3",
           "repositories": {"bookworm": "6.1.112-1"}}}}}}
        """;

    static Matcher Make(params (string Title, string Cve)[] advisories) => Make(Tracker, advisories);

    static Matcher Make(string data, params (string Title, string Cve)[] advisories)
    {
        var security = new SecurityData();
        SecurityFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(data)), security, Wanted.All);
        security.Seal();
        return new(advisories.Select((a, i) => new MatchAdvisory($"CERTFR-2026-AVI-{i + 1:0000}", "Vulnérabilité dans " + a.Title, new(2026, 3, 1),
            [.. a.Cve.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(CveId.Parse)], [])), security, AliasTable.Shipped);
    }

    static PackageFinding One(Matcher matcher, InventoryDocument host) => Assert.Single(matcher.Match(host));

    [Theory]
    [InlineData("3.0.17-1~deb12u2~", "fix-available")]
    [InlineData("3.0.17-1~deb12u1", "fix-available")]
    [InlineData("3.0.17-1~deb12u2", "fixed")]
    [InlineData("3.0.17-1~deb12u2+b1", "fixed")]
    [InlineData("3.0.17-1~deb12u10", "fixed")]
    public void One_target_is_the_highest_fix_of_all_CVEs(string installed, string verdict)
    {
        var found = One(Make(("OpenSSL", "CVE-2026-0001 CVE-2026-0002")), Debian("bookworm", Package("openssl", installed, "libssl3")));
        Assert.Equal((verdict, Tier.Concerns, "3.0.17-1~deb12u2", 2), (found.Verdict.Text(), found.Tier, found.Fixed, found.Cves));
        if (verdict == "fix-available")
            Assert.Equal($"CVE-2026-0001 and 1 more: openssl {installed} < 3.0.17-1~deb12u2 (Debian bookworm-security)", found.Reason);
    }

    [Theory]
    [InlineData("CVE-2026-0003", "fix-pending", "Minor issue")]
    [InlineData("CVE-2026-0004", "wont-fix", "ignored: Too intrusive")]
    [InlineData("CVE-2026-0005", "unknown", "has not determined")]
    [InlineData("CVE-2026-0006", "not-affected", "never affected")]
    [InlineData("CVE-2026-0007", "wont-fix", "unimportant")]
    [InlineData("CVE-2026-0008", "fix-pending", "postponed: Minor")]
    [InlineData("CVE-2026-0006 CVE-2026-0005 CVE-2026-0004", "unknown", "has not determined")]
    [InlineData("CVE-2026-9999", "unknown", "lists none of its CVEs")]
    [InlineData("", "unknown", "names no CVE")]
    public void What_is_not_fixed_says_why(string cve, string verdict, string why)
    {
        var found = One(Make(("Nginx", cve)), Debian("bookworm", Package("nginx", "1.22.1-9", "nginx")));
        Assert.Equal(verdict, found.Verdict.Text());
        Assert.Contains(why, found.Reason);
    }

    [Fact]
    public void A_CVE_in_common_is_another_tier()
    {
        var found = One(Make(("les produits IBM", "CVE-2026-0001")), Debian("bookworm", Package("openssl", "3.0.16-1~deb12u1", "libssl3")));
        Assert.Equal((Tier.SharesCve, Verdict.FixAvailable), (found.Tier, found.Verdict));
    }

    [Theory]
    [InlineData("buster", "3.0.1-1", "", "there are no data for Debian buster")] // ended
    [InlineData("bookworm", "3.0.15-1.pgdg120+1", "", "PGDG")]
    [InlineData("bookworm", "3.0.15-1", "Docker <support@docker.com>", "Docker")]
    [InlineData("bookworm", "3.4.0-2", "", "newer than all that Debian bookworm has")]
    public void What_can_not_be_judged_is_never_green(string suite, string version, string maintainer, string why)
    {
        var found = One(Make(("OpenSSL", "CVE-2026-0001")), Debian(suite, new PackageInfo("openssl", version, ["libssl3"], maintainer)));
        Assert.Equal(Verdict.Unknown, found.Verdict);
        Assert.Contains(why, found.Reason);
    }

    [Fact]
    public void A_system_that_is_not_known_is_told_to_be_so()
    {
        var found = One(Make(("OpenSSL", "CVE-2026-0001")), Of("gentoo", "2.17", "", Package("openssl", "3.0.16")));
        Assert.Equal(Verdict.Unknown, found.Verdict);
        Assert.Contains("there are no data for gentoo", found.Reason);
    }

    [Theory]
    [InlineData("3.5.1-1~bpo12+1", "fixed")]
    [InlineData("3.4.9-1~bpo12+1", "fix-pending")]
    [InlineData("3.4.9-1~bpo13+1", "unknown")] // nothing is known of forky
    [InlineData("3.5.1-1", "fixed")] // from trixie
    public void Packages_of_another_suite_are_judged_by_that(string version, string verdict) =>
        Assert.Equal(verdict, One(Make(("OpenSSL", "CVE-2026-0001")), Debian("bookworm", Package("openssl", version, "libssl3"))).Verdict.Text());

    static InventoryDocument WithKernel(string kernel, string build, params PackageInfo[] packages) =>
        Debian("bookworm", packages) with { Kernel = kernel, KernelBuild = build };

    [Fact]
    public void The_kernel_that_runs_counts()
    {
        var matcher = Make(("le noyau Linux", "CVE-2026-0009"));
        var old = Package("linux-signed-amd64", "6.1.99+1", "linux-image-6.1.0-23-amd64");
        var fresh = Package("linux-signed-amd64", "6.1.106+3", "linux-image-6.1.0-25-amd64");
        var headers = Package("linux", "6.1.112-1", "linux-libc-dev");
        Assert.Equal(Verdict.Fixed, One(matcher, WithKernel("6.1.0-25-amd64", "", old, fresh, headers)).Verdict);
        Assert.Equal((Verdict.RestartNeeded, "6.1.99-1"), (One(matcher, WithKernel("6.1.0-23-amd64", "", old, fresh, headers)).Verdict,
            One(matcher, WithKernel("6.1.0-23-amd64", "", old, fresh, headers)).Installed));
        Assert.Equal(Verdict.RestartNeeded, One(matcher, WithKernel("6.1.0-23-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.99-1 (2024-07-15)", fresh)).Verdict);
        Assert.Equal(Verdict.FixAvailable, One(matcher, WithKernel("6.1.0-23-amd64", "", old, headers)).Verdict);
        Assert.Empty(matcher.Match(WithKernel("6.1.0-23-amd64", "", headers)));
        var foreign = One(matcher, WithKernel("6.8.12-2-custom", "", fresh));
        Assert.Equal(Verdict.Unknown, foreign.Verdict);
        Assert.Contains("6.8.12-2-custom", foreign.Reason);
        var pve = One(matcher, WithKernel("6.8.12-2-pve", "", Package("proxmox-kernel-6.8", "6.8.12-2", "proxmox-kernel-6.8.12-2-pve-signed")));
        Assert.Equal(Verdict.Unknown, pve.Verdict);
        Assert.Contains("Proxmox", pve.Reason);
    }

    [Fact]
    public void A_service_that_uses_the_replaced_library_waits_for_its_restart()
    {
        var host = Debian("bookworm", Package("openssl", "3.0.17-1~deb12u2", "libssl3", "openssl")) with
        {
            Services = [new("nginx.service", 3, ["/usr/lib/x86_64-linux-gnu/libssl.so.3"])],
        };
        var found = One(Make(("OpenSSL", "CVE-2026-0001")), host);
        Assert.Equal(Verdict.RestartNeeded, found.Verdict);
        Assert.Contains("nginx.service still uses the replaced libssl.so.3", found.Reason);
        Assert.Equal(Verdict.Fixed, One(Make(("OpenSSL", "CVE-2026-0002")), host).Verdict); // the update before this one
    }

    [Fact]
    public void Ubuntus_fix_for_subscribers_says_so()
    {
        const string Data = """
            {"release": "jammy", "packages": {"nodejs": {"cves": {"CVE-2026-0001": {"source_fixed_version": "12.22.9~dfsg-1ubuntu3.6+esm2",
              "status": "fixed"},
              "CVE-2026-0002": {"source_fixed_version": null, "status": "vulnerable"}, "CVE-2026-0003": {"source_fixed_version": "",
                "status": "not-vulnerable"}},
              "source_versions": {"12.22.9~dfsg-1ubuntu3.6+esm2": {"binary_packages": {"nodejs": "1"}, "pocket": "esm-apps"}}}},
             "security_issues": {"cves": {"CVE-2026-0001": {"ubuntu_priority": "high"}}}}
            """;
        var host = Of("ubuntu", "22.04", "jammy", Package("nodejs", "12.22.9~dfsg-1ubuntu3.6", "nodejs", "libnode72"));
        var found = One(Make(Data, ("Node.js", "CVE-2026-0001")), host);
        Assert.Equal((Verdict.FixAvailable, Urgency.High, "esm-apps"), (found.Verdict, found.Row.Urgency, found.Subscription));
        Assert.Contains("needs Ubuntu Pro (esm-apps)", found.Reason);
        Assert.Equal("pro fix CVE-2026-0001", UpdateCommand.For(found, host));
        Assert.Equal(Verdict.FixPending, One(Make(Data, ("Node.js", "CVE-2026-0002")), host).Verdict);
        Assert.Equal(Verdict.NotAffected, One(Make(Data, ("Node.js", "CVE-2026-0003")), host).Verdict);
    }

    [Fact]
    public void Alpine_and_its_zero()
    {
        const string Data = """
            {"distroversion": "v3.20", "reponame": "main", "packages": [{"pkg": {"name": "openssl",
              "secfixes": {"3.3.2-r1": ["CVE-2026-0001 (+ more)", "CVE-2026-0002 GHSA-x"], "0": ["CVE-2026-0003"]}}}]}
            """;
        var host = Of("alpine", "3.20.3", "", Package("openssl", "3.3.2-r0", "libssl3"));
        var found = One(Make(Data, ("OpenSSL", "CVE-2026-0002")), host);
        Assert.Equal((Verdict.FixAvailable, "3.3.2-r1"), (found.Verdict, found.Fixed));
        Assert.Equal("apk upgrade libssl3", UpdateCommand.For(found, host));
        Assert.Equal(Verdict.NotAffected, One(Make(Data, ("OpenSSL", "CVE-2026-0003")), host).Verdict);
    }

    [Fact]
    public void Rocky_has_streams_and_names_of_binaries()
    {
        const string Data = """
            [{"id": "RLSA-2026:1", "upstream": ["CVE-2026-0001"], "summary": "Important: nodejs:18 security update",
              "affected": [{"package": {"name": "nodejs", "ecosystem": "Rocky Linux:9"},
                "ranges": [{"events": [{"introduced": "0"}, {"fixed": "1:18.20.4-1.module+el9"}]}]}]},
             {"id": "RLSA-2026:2", "related": ["CVE-2026-0001"], "summary": "Important: nodejs:20 security update",
              "affected": [{"package": {"name": "nodejs", "ecosystem": "Rocky Linux:9"},
                "ranges": [{"events": [{"introduced": "0"}, {"fixed": "1:20.16.0-1.module+el9"}]}]}]}]
            """;
        InventoryDocument Host(string version, string vendor = "Rocky Enterprise Software Foundation") =>
            Of("rocky", "9.4", "", new PackageInfo("node-src", version, ["nodejs", "npm"], vendor));
        var matcher = Make(Data, ("Node.js", "CVE-2026-0001"));
        Assert.Equal(Verdict.Fixed, One(matcher, Host("1:18.20.4-1.module+el9")).Verdict);
        var found = One(matcher, Host("1:20.11.0-1.module+el9"));
        Assert.Equal((Verdict.FixAvailable, "1:20.16.0-1.module+el9", Urgency.High), (found.Verdict, found.Fixed, found.Row.Urgency));
        Assert.Equal("dnf upgrade nodejs npm", UpdateCommand.For(found, Host("1:20.11.0-1.module+el9")));
        Assert.Equal(Verdict.Unknown, One(matcher, Host("1:20.11.0-1nodesource", "Fedora Project")).Verdict);
    }

    [Fact]
    public void A_hostile_name_makes_no_command()
    {
        var host = Debian("bookworm", Package("openssl", "3.0.16-1~deb12u1", "libssl3; rm -rf /", "--reinstall"));
        Assert.Null(UpdateCommand.For(One(Make(("OpenSSL", "CVE-2026-0001")), host), host));
    }

    [Fact]
    public void Several_versions_side_by_side_count_by_the_worst()
    {
        var found = One(Make(("OpenSSL", "CVE-2026-0001")),
            Debian("bookworm", Package("openssl", "3.0.17-1~deb12u2", "libssl3"), Package("openssl", "3.0.16-1~deb12u1", "libssl3-i386")));
        Assert.Equal((Verdict.FixAvailable, "3.0.16-1~deb12u1"), (found.Verdict, found.Installed));
    }

    [Fact]
    public void A_changed_advisory_is_found_anew_and_only_what_it_touches()
    {
        var matcher = Make(("OpenSSL", "CVE-2026-0002"), ("Nginx", "CVE-2026-0003"));
        var host = Debian("bookworm", Package("openssl", "3.0.17-1~deb12u1", "libssl3"), Package("nginx", "1.22.1-9", "nginx"));
        Assert.Equal(["fix-pending", "fixed"], matcher.Match(host).Select(f => f.Verdict.Text()).Order());
        var touched = matcher.Put(new("CERTFR-2026-AVI-0001", "Vulnérabilité dans OpenSSL", new(2026, 3, 1), [CveId.Parse("CVE-2026-0001")], []));
        Assert.Equal("openssl", Assert.Single(touched).Source);
        Assert.Equal(["fix-available", "fix-pending"], matcher.Match(host).Select(f => f.Verdict.Text()).Order());
    }

    [Fact]
    public void The_weight_of_a_finding_has_a_reason()
    {
        var host = Debian("bookworm", Package("openssl", "3.0.16-1~deb12u1", "libssl3"));
        var found = One(Make(("OpenSSL", "CVE-2026-0002")), host);
        long cve = CveId.Parse("CVE-2026-0002");
        Assert.Equal((FindingLevel.Low, "the distribution takes it for minor"), FindingSeverity.Of(found, Exploitation.None));
        Assert.Equal(FindingLevel.Medium, FindingSeverity.Of(found, new(new HashSet<long>(), new Dictionary<long, float> { [cve] = 0.97f })).Level);
        Assert.Equal(FindingLevel.Critical, FindingSeverity.Of(found, new(new HashSet<long> { cve }, new Dictionary<long, float>())).Level);
        Assert.Equal(FindingLevel.Critical,
            FindingSeverity.Of(found with { Advisory = found.Advisory with { IsOpenAlert = true } }, Exploitation.None).Level);
        Assert.Equal(FindingLevel.High, FindingSeverity.Of(found with { Advisory = found.Advisory with { SaysExploited = true } }, Exploitation.None).Level);
        Assert.Equal(FindingLevel.None, FindingSeverity.Of(found with { Verdict = Verdict.Fixed },
            new(new HashSet<long> { cve }, new Dictionary<long, float>())).Level);
    }

    [Fact]
    public void What_an_agent_sends_is_taken_as_it_is()
    {
        var host = ReportedInventory.Parse("""
            {"os": {"id": "debian", "codename": "bookworm"}, "packages": [null, {"source": "openssl", "version": null}, {"version": "1"}]}
            """u8)!;
        Assert.Equal(Verdict.FixAvailable, One(Make(("OpenSSL", "CVE-2026-0001")), host).Verdict);
        Assert.Throws<JsonException>(() => ReportedInventory.Parse("[]"u8));
    }
}
