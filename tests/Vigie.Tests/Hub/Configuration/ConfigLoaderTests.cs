using System.Text;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Configuration;

public sealed class ConfigLoaderTests : IDisposable
{
    static readonly Dictionary<string, string> NoVariables = [];

    readonly TempFolder _folder = new();

    string Path => _folder["config.json"];

    public void Dispose() => _folder.Dispose();

    HubOptions Load(string json, Dictionary<string, string>? environment = null, Dictionary<string, string?>? commandLine = null)
    {
        File.WriteAllText(Path, json);
        return ConfigLoader.Load(Path, commandLine, environment ?? NoVariables);
    }

    IReadOnlyList<string> Errors(string json, Dictionary<string, string>? environment = null,
        Dictionary<string, string?>? commandLine = null) =>
        Assert.Throws<ConfigException>(() => Load(json, environment, commandLine)).Errors;

    [Fact]
    public void The_sample_is_exactly_the_defaults()
    {
        var loaded = Load(ConfigFile.Sample());
        foreach (var setting in Setting.All(typeof(HubOptions)).Where(s => !s.IsSection))
            Assert.Equal(setting.Default, Value(loaded, setting.Key));
    }

    static object? Value(object options, string key) =>
        key.Split(':').Aggregate(options, (at, name) => at.GetType().GetProperty(name)!.GetValue(at)!);

    [Fact]
    public void Without_a_file_the_defaults_hold() =>
        Assert.Equal(new HubOptions().Server, ConfigLoader.Load(_folder["none.json"], null, NoVariables).Server);

    [Fact]
    public void Every_kind_of_setting_is_read()
    {
        var options = Load("""
            { // a comment
              "$schema": "./schema.json",
              "Server": { "Urls": "http://0.0.0.0:80;https://[::1]:443", "Language": "fr", "TimeZone": "Etc/UTC" },
              "ingest": { "maxBody": "1.5MiB", "SeriesPerHost": 500 },
              "Retention": { "Raw": "36h" },
              "Alerts": { "CpuPercent": 75.5 },
              "Feeds": { "CertFr": { "Enabled": false, "Every": "2h" } },
              "Mail": { "To": ["a@example.org", "B <b@example.org>"], "Password": "s3cret", },
            }
            """);
        Assert.Equal((1_572_864, 500, TimeSpan.FromHours(36), 75.5, false),
            (options.Ingest.MaxBody.Bytes, options.Ingest.SeriesPerHost, options.Retention.Raw, options.Alerts.CpuPercent,
                options.Feeds.CertFr.Enabled));
        Assert.Equal(["a@example.org", "B <b@example.org>"], options.Mail.To);
        Assert.Equal("s3cret", options.Mail.Password);
    }

    [Fact]
    public void A_byte_order_mark_is_allowed()
    {
        File.WriteAllText(Path, """{"Ingest":{"SeriesPerHost":500}}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(500, ConfigLoader.Load(Path, null, NoVariables).Ingest.SeriesPerHost);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_the_command_line_over_both()
    {
        string file = """{"Server":{"Language":"en"},"Ingest":{"SeriesPerHost":200},"Retention":{"Raw":"2d"}}""";
        var options = Load(file, new()
        {
            ["VIGIE_Ingest__SeriesPerHost"] = "300",
            ["VIGIE_RETENTION__RAW"] = "3d",
            ["VIGIE_Feeds__CertFr__Enabled"] = "false",
            ["VIGIE_Mail__To"] = "a@example.org, b@example.org",
            ["VIGIE_DATA"] = "/elsewhere", // not a setting of a section: somebody else's
            ["Ingest__SeriesPerHost"] = "7",
        }, new() { ["Retention:Raw"] = "4d" });
        Assert.Equal((300, TimeSpan.FromDays(4), "en", false),
            (options.Ingest.SeriesPerHost, options.Retention.Raw, options.Server.Language, options.Feeds.CertFr.Enabled));
        Assert.Equal(["a@example.org", "b@example.org"], options.Mail.To);
    }

    [Fact]
    public void The_process_s_own_environment_is_read()
    {
        // A variable that no other test's answer depends on.
        Environment.SetEnvironmentVariable("VIGIE_Feeds__CertFr__Every", "7h");
        try
        {
            Assert.Equal(TimeSpan.FromHours(7), ConfigLoader.Load(_folder["none.json"]).Feeds.CertFr.Every);
        }
        finally
        {
            Environment.SetEnvironmentVariable("VIGIE_Feeds__CertFr__Every", null);
        }
    }

    [Fact]
    public void All_errors_are_told_at_once_each_with_its_line_and_its_remedy() => Assert.Equal(
        [
            $"{Path}, line 3: Server:Urlz is no setting; did you mean Server:Urls?",
            $"{Path}, line 12: Colour is no setting; `vigie config schema` lists them",
            $"{Path}, line 4: Server:Language is \"de\"; choose one of en, fr",
            $"{Path}, line 6: Ingest:MaxBody is \"64\"; write a size such as 512KiB, 64MiB or 2GiB",
            $"{Path}, line 7: Ingest:SeriesPerHost is \"5\"; it must be between 100 and 1000000",
            $"{Path}, line 8: Retention:Raw is \"7\"; write a duration such as 15s, 5min, 12h or 7d",
            $"{Path}, line 9: Alerts:CpuPercent is \"lots\"; write a number",
            $"{Path}, line 10: Feeds:CertFr:Enabled is \"yes\"; write true or false",
            $"Server:TimeZone is \"Mars/Base\", which this machine does not know; write a name such as Europe/Paris",
            $"Mail: \"nobody at all@\" is no mail address; write name@example.org",
        ],
        Errors("""
            {
              "Server": {
                "Urlz": "http://127.0.0.1:1",
                "Language": "de", "TimeZone": "Mars/Base"
              },
              "Ingest": { "MaxBody": 64,
                "SeriesPerHost": 5 },
              "Retention": { "Raw": "7" },
              "Alerts": { "CpuPercent": "lots" },
              "Feeds": { "CertFr": { "Enabled": "yes" } },
              "Mail": { "To": ["nobody at all@"] },
              "Colour": "blue"
            }
            """));

    [Fact]
    public void An_error_names_who_has_set_the_value()
    {
        string file = """{"Retention":{"Raw":"2d"},"Backup":{"Every":"1d"}}""";
        Assert.Equal(["VIGIE_Retention__Raw is \"soon\"; write a duration such as 15s, 5min, 12h or 7d",
            "Backup:Every (command line) is \"never\"; write a duration such as 15s, 5min, 12h or 7d"],
            Errors(file, new() { ["VIGIE_Retention__Raw"] = "soon" }, new() { ["Backup:Every"] = "never" }));
        Assert.Equal(["VIGIE_Retntion__Raw is no setting; did you mean VIGIE_Retention__Raw?"],
            Errors(file, new() { ["VIGIE_Retntion__Raw"] = "1d" }));
    }

    [Theory]
    [InlineData("""{"Server":"here"}""", "line 1: Server must be a section: { … }")]
    [InlineData("""{"Mail":{"To":7}}""", "line 1: Mail:To must be a list")]
    [InlineData("""{"Ingest":{"MaxBody":["64MiB"]}}""", "line 1: Ingest:MaxBody must be a single value")]
    [InlineData("""{"Ingest":{"MaxBody":{"Bytes":1}}}""", "line 1: Ingest:MaxBody must be a single value")]
    [InlineData("{\n\"Server\":[1]}", "line 2: Server must be a section")]
    public void A_value_of_the_wrong_kind_is_not_passed_over(string json, string message) =>
        Assert.Contains(Errors(json), e => e.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("{\n  \"Server\": {\n    \"Urls\": \"x\",,\n  }\n}", "line 3, column 17: this is not JSON: ")]
    [InlineData("{\"Server\": {", "line 1, column 13: this is not JSON: ")]
    [InlineData("", "line 1, column 1: this is not JSON: ")]
    [InlineData("[]", "line 1, column 1: this is not JSON: the settings stand in one object { … }")]
    [InlineData("7", "line 1, column 1: this is not JSON: the settings stand in one object { … }")]
    [InlineData("{}\n{}", "line 2, column 1: this is not JSON: ")]
    public void Broken_json_is_told_with_line_and_column(string json, string message) =>
        Assert.StartsWith($"{Path}, {message}", Assert.Single(Errors(json)));

    [Fact]
    public void A_file_that_is_not_utf8_is_told_with_its_line()
    {
        File.WriteAllBytes(Path, [.. "{\n\n\"Server\": \""u8, 0xe9, .. "\"}"u8]);
        Assert.StartsWith($"{Path}, line 3, column 1: this is not JSON: the file is not UTF-8",
            Assert.Single(Assert.Throws<ConfigException>(() => ConfigLoader.Load(Path, null, NoVariables)).Errors));
    }

    [Fact]
    public void A_key_that_stands_twice_is_told_with_both_lines() => Assert.Equal(
        [$"{Path}, line 3: Server:urls stands in line 2 already; remove one of them",
            $"{Path}, line 4: server stands in line 1 already; remove one of them"],
        Errors("{\"Server\":{\n\"Urls\":\"a\",\n\"urls\":\"b\"},\n\"server\":{}}"));

    [Theory]
    [InlineData("""{"Mail":{"Password":"hunter2","PasswordFile":"/no/such"}}""")]
    [InlineData("""{"Mail":{"Password":["hunter2"]}}""")]
    [InlineData("""{"Mail":{"Password":{"hunter":"hunter2"}}}""")]
    [InlineData("""{"Mail":{"Password":thunter2}}""")]
    [InlineData("""{"Mail":{"Password":"hunter2}}""")]
    [InlineData("""{"Mail":{"Password":"hunter2\q"}}""")]
    [InlineData("""{"Mail":{"Password":"hunter2" "Host":"x"}}""")]
    [InlineData("""{"Mail":{"Password":"hunter2","Password":"hunter2"}}""")]
    [InlineData("""{"Mail":{"Passwort":"hunter2"}}""")]
    public void A_secret_is_never_printed(string json)
    {
        var e = Assert.Throws<ConfigException>(() => Load(json));
        Assert.DoesNotContain("hunter2", e.ToString());
        Assert.DoesNotContain("hunter2", string.Join('\n', e.Errors));
    }

    [Fact]
    public void Printing_the_options_prints_no_secret() =>
        Assert.DoesNotContain("hunter2", Load("""{"Mail":{"Password":"hunter2"}}""").ToString());

    [Fact]
    public void Null_means_the_default() =>
        Assert.Equal(new IngestDefaults(), new(Load("""{"Ingest":{"SeriesPerHost":null},"Mail":null}""").Ingest.SeriesPerHost));

    readonly record struct IngestDefaults(int SeriesPerHost)
    {
        public IngestDefaults() : this(20_000) { }
    }
}
