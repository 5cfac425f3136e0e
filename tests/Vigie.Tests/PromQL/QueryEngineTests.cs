using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Ast;
using Vigie.Tests.Support;

namespace Vigie.Tests.PromQL;

public sealed class QueryEngineTests
{
    const long Minute = 60_000;

    static readonly QueryOptions Defaults = new();

    [Fact]
    public async Task A_range_query_reads_each_selector_once_whatever_its_steps()
    {
        var series = Hosts(2);
        await new QueryEngine(series, Defaults).RangeAsync("sum(up) / sum(up) + count(rate(up[2m]))", 0, 1000 * Minute, Minute);
        Assert.Equal(2, series.Asked.Count);
        Assert.Contains(series.Asked, s => (s.FromMs, s.ToMs, s.StepMs) == ((-5 * Minute) + 1, 1000 * Minute, Minute));
        Assert.Contains(series.Asked, s => (s.FromMs, s.ToMs, s.StepMs) == ((-2 * Minute) + 1, 1000 * Minute, 0));
    }

    [Fact]
    public async Task Offset_and_at_move_what_is_read()
    {
        var series = Hosts(1);
        var engine = new QueryEngine(series, Defaults with { Lookback = TimeSpan.FromMinutes(1) });
        await engine.InstantAsync("up offset 2m + up @ 600 + max_over_time(up[3m:1m] offset -1m)", 10 * Minute);
        Assert.Equal(
            [((7 * Minute) + 1, 8 * Minute, 0), ((9 * Minute) + 1, 10 * Minute, 0), ((8 * Minute) + 1, 11 * Minute, Minute)],
            series.Asked.Select(s => (s.FromMs, s.ToMs, s.StepMs)));
    }

    [Fact]
    public async Task The_four_kinds_of_answer_have_their_own_records()
    {
        var engine = new QueryEngine(Hosts(2), Defaults);
        Assert.Equal(3, Assert.IsType<ScalarResult>(await engine.InstantAsync("1 + 2", 5)).Value);
        Assert.Equal("text", Assert.IsType<StringResult>(await engine.InstantAsync("'text'", 5)).Value);
        var vector = Assert.IsType<VectorResult>(await engine.InstantAsync("up", Minute));
        Assert.Equal([new(Labels.Of("up", ("host", "0")), 1), new(Labels.Of("up", ("host", "1")), 1)], vector.Samples);
        var range = Assert.IsType<MatrixResult>(await engine.InstantAsync("up{host='0'}[2m]", 2 * Minute));
        Assert.Equal([Minute, 2 * Minute], Assert.Single(range.Series).TimesMs.ToArray());
        var matrix = Assert.IsType<MatrixResult>(await engine.RangeAsync("up{host='0'} * 2", 0, 2 * Minute, Minute));
        Assert.Equal([0, 2, 4], Assert.Single(matrix.Series).Values.ToArray());
        var scalar = Assert.IsType<MatrixResult>(await engine.RangeAsync("7", 0, 2 * Minute, Minute));
        Assert.Equal([7, 7, 7], Assert.Single(scalar.Series).Values.ToArray());
        Assert.Equal([0, Minute, 2 * Minute], scalar.Series[0].TimesMs.ToArray());
    }

    [Fact]
    public async Task A_parsed_query_answers_like_its_text()
    {
        var engine = new QueryEngine(Hosts(3), Defaults);
        var result = await engine.InstantAsync(Expr.Parse("count(up)"), Minute);
        Assert.Equal(3, Assert.IsType<VectorResult>(result).Samples[0].Value);
    }

    [Fact]
    public async Task The_samples_of_the_source_are_never_written_to()
    {
        double[] values = [1, 2, 3];
        var source = new FixedSource(new(Labels.Of("m"), new long[] { 0, Minute, 2 * Minute }, values));
        var engine = new QueryEngine(source, Defaults);
        await engine.RangeAsync("-m * 5 + abs(m) + last_over_time(m[1m]) + timestamp(m)", 0, 2 * Minute, Minute);
        await engine.InstantAsync("m[3m]", 2 * Minute);
        Assert.Equal([1, 2, 3], values);
    }

    [Theory]
    [InlineData("foo[5m]", "a range query needs a scalar or an instant vector, found a range vector")]
    [InlineData("'foo'", "a range query needs a scalar or an instant vector, found a string")]
    public async Task A_range_query_refuses_other_types(string query, string reason)
    {
        var error = await Assert.ThrowsAsync<PromQLException>(async () => await Engine(Defaults).RangeAsync(query, 0, 1, 1));
        Assert.Equal((PromQLError.Type, reason), (error.Error, error.Reason));
    }

    [Theory]
    [InlineData(0, 10, 0, "the step must be longer than 0 ms, found 0")]
    [InlineData(10, 0, 1, "the end (0 ms) must not be before the start (10 ms)")]
    [InlineData(0, 100, 1, "the query has more than 100 steps; take a longer step or a shorter range, or raise MaxSteps")]
    [InlineData(0, long.MaxValue, 1, "the query has more than 100 steps; take a longer step or a shorter range, or raise MaxSteps")]
    public async Task Too_many_steps_and_impossible_ranges_are_refused(long start, long end, long step, string reason)
    {
        var error = await Assert.ThrowsAsync<PromQLException>(
            async () => await Engine(Defaults with { MaxSteps = 100 }).RangeAsync("1", start, end, step));
        Assert.Equal((PromQLError.Limit, reason), (error.Error, error.Reason));
    }

    [Fact]
    public async Task As_many_steps_as_allowed_are_answered()
    {
        var result = await Engine(Defaults with { MaxSteps = 100 }).RangeAsync("1", 0, 99, 1);
        Assert.Equal(100, Assert.IsType<MatrixResult>(result).Series[0].Values.Length);
    }

    [Fact]
    public async Task Too_many_series_are_refused_and_the_setting_is_named()
    {
        var engine = new QueryEngine(Hosts(11), Defaults with { MaxSeries = 10 });
        var error = await Assert.ThrowsAsync<PromQLException>(async () => await engine.InstantAsync("up", Minute));
        Assert.Equal(PromQLError.Limit, error.Error);
        Assert.Equal("the query reads more than 10 series; select fewer, or raise MaxSeries", error.Reason);
        Assert.Equal(0, error.Line);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("max_over_time(vector(1)[1d:1s])")]
    [InlineData("max_over_time(vector(1)[200y:1ms])")]
    [InlineData("max_over_time(up[200y:1ms])")]
    [InlineData("sum(sum_over_time(topk(1, up offset 1m)[200y:1ms]))")]
    [InlineData("vector(1) + vector(2) + vector(3) + vector(4)")]
    public async Task Too_many_samples_read_or_computed_are_refused(string query)
    {
        var engine = new QueryEngine(Hosts(2), Defaults with { MaxSamples = 3 });
        var error = await Assert.ThrowsAsync<PromQLException>(async () => await engine.InstantAsync(query, 2 * Minute));
        Assert.Equal(PromQLError.Limit, error.Error);
        Assert.Equal(
            "the query reads or computes more than 3 samples; select fewer series or a shorter range, or raise MaxSamples", error.Reason);
    }

    [Fact]
    public async Task A_query_over_its_time_is_stopped_and_says_so()
    {
        var time = new FakeTimeProvider();
        var series = Hosts(1);
        series.OnSelect = () => time.Advance(TimeSpan.FromSeconds(31));
        var engine = new QueryEngine(series, Defaults with { Timeout = TimeSpan.FromSeconds(30), Time = time });
        var error = await Assert.ThrowsAsync<PromQLException>(async () => await engine.InstantAsync("up", Minute));
        Assert.Equal(PromQLError.Timeout, error.Error);
        Assert.Equal("the query took longer than 00:00:30; ask for less, or raise Timeout", error.Reason);
    }

    [Fact]
    public async Task A_caller_that_leaves_stops_the_query()
    {
        using var leaving = new CancellationTokenSource();
        var source = new FixedSource(new(Labels.Of("m"), new long[] { 0 }, new double[] { 1 })) { OnSelect = leaving.Cancel };
        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await new QueryEngine(source, Defaults).RangeAsync("sum(m)", 0, Minute, Minute, leaving.Token));
    }

    [Fact]
    public async Task Doubtful_queries_are_answered_with_a_remark()
    {
        var engine = new QueryEngine(Hosts(1), Defaults);
        var rate = await engine.InstantAsync("1 + rate(up[5m])", 3 * Minute);
        Assert.Equal("PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"up\" (1:10)",
            Assert.Single(rate.Infos));
        var quantile = await engine.InstantAsync("quantile(1.5, up)", 3 * Minute);
        Assert.Equal("PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:10)", Assert.Single(quantile.Warnings));
        Assert.Equal(double.PositiveInfinity, Assert.IsType<VectorResult>(quantile).Samples[0].Value);
    }

    [Fact]
    public async Task An_error_of_the_data_names_the_operator()
    {
        var engine = new QueryEngine(Hosts(2), Defaults);
        var error = await Assert.ThrowsAsync<PromQLException>(async () => await engine.InstantAsync("up *\n  on () up", Minute));
        Assert.Equal((PromQLError.Evaluation, 1, 4), (error.Error, error.Line, error.Column));
    }

    static QueryEngine Engine(QueryOptions options) => new(Hosts(1), options);

    static SeriesDouble Hosts(int count)
    {
        var series = new SeriesDouble();
        for (int i = 0; i < count; i++)
            series.Add(Labels.Of("up", ("host", $"{i}")), Minute, 0, 1, 2, 3);
        return series;
    }

    sealed class FixedSource(SeriesSamples series) : ISeriesSource
    {
        public Action OnSelect { get; init; } = () => { };

        public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct)
        {
            OnSelect();
            return ValueTask.FromResult<IReadOnlyList<SeriesSamples>>([series]);
        }

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
            ValueTask.FromResult<IReadOnlyList<Labels>>([series.Labels]);
    }
}
