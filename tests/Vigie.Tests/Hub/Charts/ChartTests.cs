using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Alerts;
using Vigie.Hub.Charts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Web;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Charts;

public sealed class ChartTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static ChartData Data(ChartKind kind, ChartUnit unit, params double[][] curves) => new(
        new("cpu", "CPU", unit, kind), "web1",
        Noon.AddHours(-6).ToUnixTimeMilliseconds(), Noon.ToUnixTimeMilliseconds(), curves[0].Length,
        [.. curves.Select((c, i) => new Curve($"c{i}", c, c, c, double.IsFinite(c[^1]) ? c[^1] : null))], [new(0.9, "critical")], [], null);

    static ChartScene Scene(ChartData data, Texts? texts = null) => ChartScene.Of(data, texts ?? Texts.English, TimeZoneInfo.Utc);

    [Fact]
    public void Any_numbers_make_a_well_formed_picture()
    {
        var number = Gen.OneOf(Gen.Double, Gen.Double[0, 1], Gen.Const(double.NaN), Gen.Const(0.0), Gen.Const(1e12),
            Gen.Const(double.PositiveInfinity), Gen.Const(-1.0));
        Gen.Select(Gen.Enum<ChartKind>(), Gen.Enum<ChartUnit>(), number.Array[40].Array[1, 5]).Sample((kind, unit, curves) =>
        {
            var scene = Scene(Data(kind, unit, curves), Texts.French);
            foreach (var spot in scene.Shapes.SelectMany(s => s.Spots))
                Assert.True(spot.X is >= 0 and <= 1 && spot.Y is >= 0 and <= 1, $"{spot}");
            string svg = SvgWriter.Document(scene, dark: true);
            Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
            XDocument.Parse(svg);
        }, iter: 500);
    }

    [Fact]
    public void A_gap_in_the_data_is_a_gap_in_the_picture()
    {
        double[] curve = [.. Enumerable.Range(0, 40).Select(i => i is > 10 and < 20 ? double.NaN : 0.5)];
        var lines = Scene(Data(ChartKind.Lines, ChartUnit.Percent, curve)).Shapes.Where(s => s.Role == ShapeRole.Line).ToList();
        Assert.Equal(2, lines.Count);
        Assert.True(lines[0].Spots[^1].X < 0.28 && lines[1].Spots[0].X > 0.49);
    }

    [Fact]
    public void A_spike_inside_a_bin_stays_visible()
    {
        double[] average = [.. Enumerable.Repeat(0.1, 40)], greatest = [.. average];
        greatest[7] = 0.99;
        var data = Data(ChartKind.Lines, ChartUnit.Percent, average);
        data = data with { Curves = [new("c", average, average, greatest, 0.1)] };
        var scene = Scene(data);
        Assert.Contains(scene.Shapes, s => s.Role == ShapeRole.Range
            && s.Spots.Max(p => p.Y) > scene.Shapes.First(l => l.Role == ShapeRole.Line).Spots.Max(p => p.Y) * 5);
    }

    [Fact]
    public void A_stack_adds_up_and_paints_the_upper_layer_first()
    {
        var scene = Scene(Data(ChartKind.Stacked, ChartUnit.Number, [.. Enumerable.Repeat(1.0, 40)], [.. Enumerable.Repeat(3.0, 40)]));
        var areas = scene.Shapes.Where(s => s.Role == ShapeRole.Area).ToList();
        Assert.Equal([1, 0], areas.Select(a => a.Color));
        Assert.Equal(1.0, areas[0].Spots.Max(s => s.Y), 6);
        Assert.Equal(0.25, areas[1].Spots.Max(s => s.Y), 6);
    }

    [Theory]
    [InlineData(0.93, nameof(ChartUnit.Percent), "25 %|50 %|75 %|100 %")]
    [InlineData(3.0e9, nameof(ChartUnit.Bytes), "1 GiB|2 GiB|3 GiB")]
    [InlineData(2, nameof(ChartUnit.Count), "1|2")]
    [InlineData(0, nameof(ChartUnit.Number), "0.25|0.5|0.75|1")]
    [InlineData(130_000, nameof(ChartUnit.BytesPerSecond), "32 KiB/s|64 KiB/s|96 KiB/s|128 KiB/s")]
    public void Axes_have_round_numbers(double most, string unit, string ticks) =>
        Assert.Equal(ticks, string.Join('|', Axis.Values(most, Enum.Parse<ChartUnit>(unit), Texts.English).Ticks.Select(t => t.Text))
            .Replace('\u00a0', ' '));

    [Fact]
    public void The_time_axis_is_the_viewers_and_keeps_midnight_over_a_change_of_summer_time()
    {
        var paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var from = new DateTimeOffset(2026, 10, 23, 12, 0, 0, TimeSpan.Zero);
        var ticks = Axis.Times(from.ToUnixTimeMilliseconds(), from.AddDays(5).ToUnixTimeMilliseconds(), paris, Texts.French);
        Assert.Equal(["24 oct.", "25 oct.", "26 oct.", "27 oct.", "28 oct."], ticks.Select(t => t.Text));
        Assert.Equal(25 / 120.0, ticks[2].At - ticks[1].At, 6);
    }

    [Fact]
    public void Numbers_in_svg_never_follow_a_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("fr-FR") { NumberFormat = { NumberDecimalSeparator = "," } };
            var data = Data(ChartKind.Lines, ChartUnit.Percent, [.. Enumerable.Range(0, 40).Select(i => i / 77.0)]);
            string svg = SvgWriter.Inline(Scene(data, Texts.French), "id");
            foreach (var path in XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "path"))
                Assert.DoesNotContain(',', path.Attribute("d")!.Value);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_hostile_name_is_encoded()
    {
        var data = Data(ChartKind.Lines, ChartUnit.Percent, [.. Enumerable.Repeat(0.5, 40)]) with { Host = "<script>\"'&" };
        data = data with { Curves = [data.Curves[0] with { Name = "</title><script>" }] };
        string figure = ChartFigures.Figure(data, Scene(data), Texts.English, TimeZoneInfo.Utc);
        Assert.DoesNotContain("<script", figure, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", SvgWriter.Document(Scene(data), false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_come_by_address_in_svg_png_and_values()
    {
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(Noon));
        await SampleFleet.WriteAsync(hub.Get<SampleIngest>(), Noon, TimeSpan.FromHours(2), "db1");
        using var client = await hub.ClientAsync(Vigie.Hub.Accounts.TokenScope.Read);
        foreach (var spec in ChartCatalog.All)
        {
            var svg = await client.GetAsync($"/charts/db1/{spec.Id}.svg?range=1h&theme=dark&lang=fr&tz=Europe/Paris", Ct);
            Assert.Equal("image/svg+xml", svg.Content.Headers.ContentType!.MediaType);
            Assert.Contains(Texts.French[spec.Title], XDocument.Parse(await svg.Content.ReadAsStringAsync(Ct)).Root!.Elements()
                .First().Value, StringComparison.Ordinal);
        }
        byte[] png = await client.GetByteArrayAsync("/charts/db1/cpu.png", Ct);
        Assert.Equal((byte)'P', png[1]);
        Assert.Contains("\"curves\"", await client.GetStringAsync("/charts/db1/load.json?range=1h", Ct), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync("/charts/db1/nothing.svg", Ct)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync("/charts/nobody/cpu.svg", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_chart_shows_the_samples_the_gap_the_threshold_and_the_alert()
    {
        var time = new FakeTimeProvider(Noon);
        await using var hub = await TestHub.StartAsync(time);
        for (int minute = 0; minute < 60; minute++)
        {
            time.SetUtcNow(Noon.AddMinutes(minute));
            if (minute is < 20 or > 40)
                await hub.Get<SampleIngest>()
                    .TakeAsync(OtlpRequests.Of("db1", time.GetUtcNow(), OtlpRequests.Disk(minute < 50 ? 0.5 : 1.0)), "", Ct);
            await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        }
        var data = await hub.Get<ChartService>()
            .ReadAsync(ChartCatalog.Find("filesystem")!, "db1",
                Noon.ToUnixTimeMilliseconds(), Noon.AddHours(1).ToUnixTimeMilliseconds(), Ct);
        var curve = Assert.Single(data.Curves);
        Assert.Equal("/", curve.Name);
        Assert.Equal(0.5, curve.Average[ChartService.Bins / 10], 6);
        Assert.True(double.IsNaN(curve.Average[ChartService.Bins / 2]));
        Assert.Equal(1.0, curve.Last!.Value, 6);
        Assert.Contains(data.Thresholds, t => t.Severity == "critical");
        Assert.Equal(["disk-full", "disk-almost-full", "disk-filling"], data.Bands.Select(b => b.Rule));
    }
}
