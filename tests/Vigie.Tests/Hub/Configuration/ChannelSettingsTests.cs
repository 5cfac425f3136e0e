using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Configuration;

/// <summary>The section Channels: names of the user's choice, each with the settings of its kind.</summary>
public sealed class ChannelSettingsTests : IDisposable
{
    readonly TempFolder _folder = new();

    string Path => _folder["config.json"];

    public void Dispose() => _folder.Dispose();

    HubOptions Load(string json, Dictionary<string, string?>? environment = null)
    {
        File.WriteAllText(Path, json);
        return ConfigLoader.Load(Path, null, environment ?? []);
    }

    IReadOnlyList<string> Errors(string json) => Assert.Throws<ConfigException>(() => Load(json)).Errors;

    [Fact]
    public void A_channel_has_a_name_a_kind_and_the_settings_of_its_kind()
    {
        var options = Load("""
            {
              "Mail": { "Host": "smtp.example.org", "To": ["a@example.org"] },
              "Channels": {
                "ops": { "Kind": "slack", "Url": "https://hooks.example.org/s3cret", "Fallback": "mail", "FallbackAfter": "5min" },
                "night": { "Kind": "ntfy", "Topic": "t", "Deadline": "2h" },
                "script": { "Kind": "exec", "Command": ["/bin/true", "a b"] }
              }
            }
            """);
        Assert.Equal(["mail", "night", "ops", "script"], ChannelSet.Options(options).Select(o => o.Key).Order(StringComparer.Ordinal));
        var slack = Assert.IsType<SlackOptions>(options.Channels["ops"]);
        Assert.Equal(("mail", TimeSpan.FromMinutes(5)), (slack.Fallback, slack.FallbackAfter));
        Assert.Equal(TimeSpan.FromHours(2), options.Channels["night"].Deadline);
        Assert.Equal(["/bin/true", "a b"], Assert.IsType<ExecOptions>(options.Channels["script"]).Command);
        Assert.DoesNotContain("s3cret", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_can_make_a_channel_and_change_one()
    {
        var options = Load("""{"Channels":{"ops":{"Kind":"gotify","Url":"http://127.0.0.1","Token":"a"}}}""", new()
        {
            ["VIGIE_CHANNELS__OPS__TOKEN"] = "b", // the name stays as the file spells it
            ["VIGIE_Channels__night__Kind"] = "ntfy",
            ["VIGIE_Channels__night__Topic"] = "t",
        });
        Assert.Equal("b", Assert.IsType<GotifyOptions>(options.Channels["ops"]).Token);
        Assert.Equal("t", Assert.IsType<NtfyOptions>(options.Channels["night"]).Topic);
    }

    [Fact]
    public void All_errors_are_told_at_once_each_with_its_place_and_its_remedy() => Assert.Equal(
        [
            $"{Path}, line 2: Channels:chat:Urll is no setting; did you mean Channels:chat:Url?",
            $"{Path}, line 2: Channels:chat:Deadline is \"long\"; write a duration such as 15s, 5min, 12h or 7d",
            $"{Path}, line 3: Channels:a b can't be a channel's name; take another one of up to 40 letters, digits, dashes and underlines",
            $"{Path}, line 4: Channels:b:Kind is \"slak\"; choose one of {string.Join(", ", ChannelKind.Names)}",
            $"{Path}, line 5: Channels:c has no Kind; write one of {string.Join(", ", ChannelKind.Names)}",
            $"{Path}, line 7: Channels:e must be a section: {{ \"Kind\": \"…\", … }}",
            "Channels:chat:Url is missing; a channel of kind slack needs it, or UrlFile",
            "Channels:chat:Fallback is \"nobody\", which is no other channel; the channels are chat, d",
            "Channels:d:TokenFile is \"/no/such\", which does not exist; create it or empty the setting",
            "Channels:d:Room is missing; a channel of kind matrix needs it",
            "Channels:d:Url is \"matrix.org\"; write an address such as https://matrix.org",
        ],
        Errors("""
            {"Channels":{
              "chat": { "Kind": "slack", "Urll": "x", "Deadline": "long", "Fallback": "nobody" },
              "a b": { "Kind": "slack", "Url": "https://x" },
              "b": { "Kind": "slak", "Url": "https://x" },
              "c": { "Url": "https://x" },
              "d": { "Kind": "matrix", "Url": "matrix.org", "TokenFile": "/no/such" },
              "e": "slack"
            }}
            """).Order(ByPlace(["line 2", "line 3", "line 4", "line 5", "line 7", "chat:Url is", "chat:F", "d:TokenFile", "d:Room", "d:Url"])));

    /// <summary>In which order they are told is of no matter.</summary>
    static Comparer<string> ByPlace(string[] parts)
    {
        return Comparer<string>.Create((a, b) => Place(a).CompareTo(Place(b)));

        int Place(string error) => Array.FindIndex(parts, p => error.Contains(p, StringComparison.Ordinal)) * 2
            + (error.Contains("is no setting", StringComparison.Ordinal) ? 0 : 1);
    }

    [Theory]
    [InlineData("""{"Channels":{"ops":{"Kind":"slack","Url":"hunter2"}}}""")]
    [InlineData("""{"Channels":{"ops":{"Kind":"slack","Url":"https://x/hunter2","UrlFile":"/no/such"}}}""")]
    [InlineData("""{"Channels":{"ops":{"Kind":"slack","Url":["hunter2"]}}}""")]
    [InlineData("""{"Channels":{"ops":{"Kind":"slak","Url":"https://x/hunter2"}}}""")]
    [InlineData("""{"Channels":{"ops":{"Kind":"webhook","Url":"https://x/hunter2","Headers":["hunter2"],"Body":"{% if %}"}}}""")]
    public void A_secret_is_never_printed(string json) =>
        Assert.DoesNotContain(Errors(json), e => e.Contains("hunter2", StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "Kind": "webhook", "Url": "https://x", "Body": "{% if %}" }""", "Channels:c:Body can't be used")]
    [InlineData("""{ "Kind": "exec", "Command": ["page"] }""", "write the program's whole path")]
    [InlineData("""{ "Kind": "mail", "Host": "h", "To": ["nobody at all@"] }""", "is no mail address")]
    [InlineData("""{ "Kind": "mail", "Host": "h", "To": ["a@b.c"], "Password": "a", "OAuthToken": "b" }""", "Password and OAuthToken are both set")]
    [InlineData("""{ "Kind": "telegram", "Token": "t", "Chat": "1", "Topic": "news" }""", "write its number")]
    public void What_a_kind_finds_wrong_is_told_with_the_channel_s_name(string channel, string says) =>
        Assert.Contains(says, Assert.Single(Errors($"{{\"Channels\":{{\"c\":{channel}}}}}")), StringComparison.Ordinal);

    [Fact]
    public void Every_kind_is_in_the_schema() => Assert.All(ChannelKind.Names,
        name => Assert.Contains($"\"const\": \"{name}\"", ConfigFile.Schema(), StringComparison.Ordinal));
}
