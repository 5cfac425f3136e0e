using System.Net;
using Vigie.Core.Metrics;

namespace Vigie.Tests.Hub.Api;

public sealed class SeriesEndpointTests : IAsyncLifetime
{
    ApiStage _stage = null!;

    public async ValueTask InitializeAsync()
    {
        _stage = await ApiStage.StartAsync();
        await _stage.AddAsync("heat", "a", MetricKind.Gauge, 1, 2);
        await _stage.AddAsync("heat", "b", MetricKind.Gauge, 1, 2);
        await _stage.AddAsync("runs_total", "b", MetricKind.Counter, 1, 2);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/labels", """{"status":"success","data":["__name__","host"]}""")]
    [InlineData("/api/v1/label/host/values", """{"status":"success","data":["a","b"]}""")]
    [InlineData("/api/v1/label/host/values?match[]=runs_total", """{"status":"success","data":["b"]}""")]
    [InlineData("/api/v1/label/U__ho_73_t/values", """{"status":"success","data":["a","b"]}""")]
    [InlineData("/api/v1/label/none/values", """{"status":"success","data":[]}""")]
    [InlineData("/api/v1/label/__name__/values?limit=1", """{"status":"success","data":["heat"],"warnings":["results truncated due to limit"]}""")]
    [InlineData("/api/v1/label/__name__/values?start=1795521600&end=1795521600", """{"status":"success","data":["heat","runs_total"]}""")]
    [InlineData("/api/v1/label/__name__/values?start=0&end=1795521000", """{"status":"success","data":[]}""")]
    [InlineData("/api/v1/series?match[]=runs_total&match[]=%7Bhost%3D%22b%22,__name__%3D~%22run.*%22%7D",
        """{"status":"success","data":[{"__name__":"runs_total","host":"b"}]}""")]
    [InlineData("/api/v1/metadata?metric=runs_total",
        """{"status":"success","data":{"runs_total":[{"type":"counter","help":"What runs_total is.","unit":"s"}]}}""")]
    [InlineData("/api/v1/metadata?metric=none", """{"status":"success","data":{}}""")]
    public async Task An_answer_is_what_prometheus_would_write(string path, string expected) =>
        Assert.Equal((HttpStatusCode.OK, expected), await _stage.GetAsync(path));

    [Fact]
    public async Task Series_are_asked_for_by_form_too()
    {
        var (status, body) = await _stage.PostAsync("/api/v1/series", ("match[]", "heat"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, body.Split("\"host\"").Length - 1);
    }
}
