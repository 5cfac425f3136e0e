using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Checks;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Checks;

public sealed class CheckFileTests
{
    readonly CheckContext _context = new(new HostRoot("/nonexistent/vigie"), new FakeTimeProvider(), (_, _) => { });
    readonly List<string> _errors = [];

    Dictionary<string, ICheckSource> Parse(string text, IReadOnlyDictionary<string, ICheckSource>? known = null) =>
        CheckFile.Parse(text, "checks.conf", _context, known ?? new Dictionary<string, ICheckSource>(), _errors);

    [Fact]
    public void A_line_is_a_check_with_its_own_times()
    {
        var plans = Parse("# mine\n\nload every 5m timeout 2s nagios /p/check_load -w 5,4,3\n  \"web site\" nagios /p/check_http\n")
            .Values.SelectMany(s => s.Current).Select(c => c.Plan);
        Assert.Empty(_errors);
        Assert.Equal([new CheckPlan("load", "nagios", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2)),
            new CheckPlan("web site", "nagios", CheckPlan.UsualEvery, CheckPlan.UsualTimeout)], plans);
    }

    [Fact]
    public void Every_line_that_is_wrong_is_told_with_its_number_and_the_good_ones_go_on()
    {
        var good = Parse("a\nb magic x\nc nagios\nd nagios check_load\ne every soon nagios /x\nf nagios /x\nf nagios /y\ng nagios \"/x\n");
        Assert.Single(good);
        Assert.Collection(_errors,
            e => Assert.StartsWith("checks.conf, line 1: the kind of check is missing behind the name; there are ", e, StringComparison.Ordinal),
            e => Assert.StartsWith("checks.conf, line 2: there is no kind of check \"magic\"; there are checkmk", e, StringComparison.Ordinal),
            e => Assert.Equal("checks.conf, line 3: the plugin's path is missing; "
                + "write it like: c nagios /usr/lib/nagios/plugins/check_load -w 5,4,3 -c 10,8,6", e),
            e => Assert.Contains("line 4: \"check_load\" is no whole path", e, StringComparison.Ordinal),
            e => Assert.Equal("checks.conf, line 5: every: \"soon\" is no time from 5s to 7d; write it like 30s, 5m, 2h or 1d", e),
            e => Assert.Contains("line 7: a second check is named f", e, StringComparison.Ordinal),
            e => Assert.Contains("line 8: the sign \" is opened and not closed", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""a "b c" 'd "e"' "f \"g\" \\" h\i""", "a|b c|d \"e\"|f \"g\" \\|h\\i")]
    [InlineData("a\t  b ''", "a|b|")]
    [InlineData("$(rm) `x` * ; #", "$(rm)|`x`|*|;|#")]
    public void Words_are_parted_by_blanks_and_kept_by_quotes(string line, string words) => Assert.Equal(words, string.Join('|', CheckFile.Words(line)));

    [Fact]
    public void A_line_that_stays_the_same_stays_the_same_check()
    {
        var first = Parse("a nagios /x\nb nagios /y");
        var second = Parse("b nagios /y\nc nagios /z", first);
        Assert.Same(first["b nagios /y"], second["b nagios /y"]);
    }
}
