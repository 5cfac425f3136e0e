using Microsoft.Playwright;

namespace Vigie.Tests.Support;

/// <summary>Debian's Chromium, one for all tests that look at pages.</summary>
public sealed class Chromium : IAsyncLifetime
{
    const string Program = "/usr/bin/chromium";

    IPlaywright? _playwright;
    IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A page that is logged in, and that remembers every violation of the content security policy and every script
    /// error.</summary>
    internal async Task<(IPage Page, List<string> Complaints)> OpenAsync(TestHub hub, BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, $"{Program} is missing; check.sh installs it (Debian package chromium)");
        var context = await _browser.NewContextAsync(options ?? new());
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => { if (message.Type is "error" or "warning") complaints.Add(message.Text); };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync($"{hub.Address}login/once?code={hub.Get<Vigie.Hub.Accounts.LoginLinks>().Create()}");
        return (page, complaints);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

[CollectionDefinition(nameof(Chromium))]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
