using System.Net;
using System.Text.Json;
using Vigie.Core.Metrics;

namespace Vigie.Tests.Hub.Api;

/// <summary>What Grafana's data source for Prometheus asks, in its order: "Save &amp; test", the query editor, a panel.</summary>
public sealed class GrafanaTests
{
    [Fact]
    public async Task Its_data_source_works()
    {
        await using var stage = await ApiStage.StartAsync();
        await stage.AddAsync("system_load", "web1", MetricKind.Gauge, 0.5, 0.75, 1);

        var health = await Asked(stage.PostAsync("/api/v1/query", ("query", "1+1"), ("time", ApiStage.At(0))));
        Assert.Equal("2", health.GetProperty("result")[1].GetString());

        var build = await stage.DataAsync("/api/v1/status/buildinfo");
        Assert.True(Version.Parse(build.GetProperty("version").GetString()!) >= new Version(2, 24), "label values with match[]");
        Assert.False(build.TryGetProperty("features", out _), "Grafana takes what has features for Mimir");

        string range = $"start={ApiStage.At(-3600)}&end={ApiStage.At(0)}";
        Assert.Contains("system_load", Texts(await stage.DataAsync($"/api/v1/label/__name__/values?{range}&limit=40000")));
        var metadata = await stage.DataAsync("/api/v1/metadata?limit=40000");
        Assert.Equal("gauge", metadata.GetProperty("system_load")[0].GetProperty("type").GetString());
        Assert.Contains("host", Texts(await Asked(stage.PostAsync("/api/v1/labels",
            ("start", ApiStage.At(-3600)), ("end", ApiStage.At(0)), ("match[]", "system_load"), ("limit", "40000")))));
        Assert.Equal(["web1"],
            Texts(await stage.DataAsync($"/api/v1/label/host/values?match%5B%5D=%7B__name__%3D%22system_load%22%7D&{range}")));
        Assert.Equal(1, (await stage.DataAsync($"/api/v1/series?match%5B%5D=system_load&{range}")).GetArrayLength());

        var panel = await Asked(stage.PostAsync("/api/v1/query_range", ("query", "avg by (host) (system_load)"),
            ("start", ApiStage.At(-30)), ("end", ApiStage.At(0)), ("step", "15")));
        Assert.Equal("matrix", panel.GetProperty("resultType").GetString());
        Assert.Equal(["0.5", "0.75", "1"],
            panel.GetProperty("result")[0].GetProperty("values").EnumerateArray().Select(point => point[1].GetString()));

        var exemplars = await Asked(stage.PostAsync("/api/v1/query_exemplars", ("query", "system_load"), ("start", "0"), ("end", "1")));
        Assert.Equal(0, exemplars.GetArrayLength());
    }

    static async Task<JsonElement> Asked(Task<(HttpStatusCode Status, string Body)> answer)
    {
        var (status, body) = await answer;
        Assert.True(status == HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("data");
    }

    static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString());
}
