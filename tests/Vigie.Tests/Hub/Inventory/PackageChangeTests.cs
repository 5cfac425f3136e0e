using System.Net.Http.Headers;
using Vigie.Agent.Inventory;
using Vigie.Hub.Accounts;
using Vigie.Hub.Inventory;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Inventory;

/// <summary>What was installed before an alert, by inventories as an agent sends them.</summary>
public sealed class PackageChangeTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task SendAsync(HttpClient client, InventoryDocument document)
    {
        using var body = new ByteArrayContent(document.Write()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        (await client.PostAsync("/api/v1/hosts/snapshot?kind=inventory&host=db1", body, Ct)).EnsureSuccessStatusCode();
    }

    static InventoryDocument With(params (string Source, string Version)[] packages) =>
        SampleInventory.Document with { Packages = [.. packages.Select(p => new PackageInfo(p.Source, p.Version, [p.Source], ""))] };

    [Fact]
    public async Task The_mail_tells_which_packages_have_changed_before()
    {
        await using var stage = await AlertStage.StartAsync();
        using var client = await stage.Hub.ClientAsync(TokenScope.Write);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(0.5));
        await SendAsync(client, With(("openssl", "3.0.1"), ("<b>old", "1"), ("curl", "7.88")));
        await SendAsync(client, With(("openssl", "3.0.2"), ("nginx", "1.22"), ("curl", "7.88")));
        await SendAsync(client, With(("openssl", "3.0.2"), ("nginx", "1.22"), ("curl", "7.88"))); // again: nothing new
        await SendAsync(client, With()); // it could not be read
        await SendAsync(client, With(("openssl", "3.0.2"), ("nginx", "1.22"), ("curl", "7.88")));
        Assert.Equal([("<b>old", "1", ""), ("nginx", "", "1.22"), ("openssl", "3.0.1", "3.0.2")], stage.Hub.Get<PackageChangeStore>()
            .Of("db1", stage.Now.AddDays(-1), stage.Now, 10).Select(c => (c.Package, c.Before, c.After)));
        await stage.RunAsync(TimeSpan.FromMinutes(1), "db1", Disk(1.0));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Contains("Packages changed:\n  20 Nov 2026 21:01 <b>old 1 removed\n  20 Nov 2026 21:01 nginx 1.22 installed\n"
            + "  20 Nov 2026 21:01 openssl 3.0.1 → 3.0.2\n", mail.TextBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>old", mail.HtmlBody!, StringComparison.Ordinal);
    }
}
