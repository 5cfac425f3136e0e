using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

/// <summary>One call of a command: its arguments, the data folder, and how to print.</summary>
sealed class CliCall(ParseResult parsed) : IDisposable
{
    static readonly JsonSerializerOptions JsonStyle =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly IAnsiConsole _console = AnsiConsole.Create(new() { Out = new Output(parsed.InvocationConfiguration.Output) });
    ServiceProvider? _services;

    public DataFolder Folder { get; } = new(parsed.GetValue(CliCommand.Data)!);

    public bool IsJson => parsed.GetValue(CliCommand.Json);

    public TimeProvider Time { get; } = TimeProvider.System;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    public HubOptions Options(IReadOnlyDictionary<string, string?>? commandLine = null) => ConfigLoader.Load(Folder.Config, commandLine);

    /// <summary>The hub's parts over an initialised data folder.</summary>
    public IServiceProvider Services()
    {
        if (_services is not null)
            return _services;
        if (!File.Exists(Folder.Database))
            throw new CommandException($"{Folder.Path} holds no monitoring.db; `vigie init --data {Folder.Path}` makes it, or name another folder with --data");
        return _services = HubServices.Add(new ServiceCollection(), Folder, Options(), Time).BuildServiceProvider();
    }

    public T Get<T>() where T : notnull => Services().GetRequiredService<T>();

    /// <summary>Standard output, for what is more than lines.</summary>
    public TextWriter Writer => parsed.InvocationConfiguration.Output;

    public void Line(string text) => parsed.InvocationConfiguration.Output.WriteLine(text);

    public void Error(string text) => parsed.InvocationConfiguration.Error.WriteLine(text);

    /// <summary>An object as JSON, or a sentence for people.</summary>
    public void Print(object value, string sentence)
    {
        if (IsJson)
            Line(JsonSerializer.Serialize(value, JsonStyle));
        else
            Line(sentence);
    }

    /// <summary>Rows as a table for people, or as a JSON list.</summary>
    public void Table<T>(IReadOnlyList<T> rows, string empty, params (string Title, Func<T, string> Cell)[] columns)
    {
        if (IsJson)
        {
            Line(JsonSerializer.Serialize(rows, JsonStyle));
            return;
        }
        if (rows.Count == 0)
        {
            Line(empty);
            return;
        }
        var table = new Table { Border = TableBorder.Simple };
        foreach (var (title, _) in columns)
            table.AddColumn(new TableColumn(Markup.Escape(title)));
        foreach (var row in rows)
            table.AddRow([.. columns.Select(c => Markup.Escape(Printable(c.Cell(row))))]);
        _console.Write(table);
    }

    /// <summary>Work with a bar on a terminal, without one elsewhere.</summary>
    public T WithProgress<T>(string what, Func<IProgress<double>, T> work)
    {
        if (IsJson || Console.IsOutputRedirected)
            return work(new Bar(null));
        return _console.Progress().AutoClear(true).Start(context => work(new Bar(context.AddTask(Markup.Escape(what)))));
    }

    public async Task<T> WithProgressAsync<T>(string what, Func<IProgress<double>, Task<T>> work)
    {
        if (IsJson || Console.IsOutputRedirected)
            return await work(new Bar(null));
        return await _console.Progress().AutoClear(true).StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(what)))));
    }

    /// <summary>A duration that an option was given.</summary>
    /// <param name="example">How one is written.</param>
    /// <exception cref="CommandException">It isn't one.</exception>
    public static TimeSpan Duration(string option, string text, string example) => Quantities.TryDuration(text, out var time) ? time
        : throw new CommandException($"{option}: \"{text}\" is no time; write it like {example}");

    /// <summary>A moment, to the minute, as tables show it.</summary>
    public static string Minute(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Names from outside must not steer the terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c));

    public void Dispose() => _services?.Dispose();

    sealed class Bar(ProgressTask? task) : IProgress<double>
    {
        public void Report(double value)
        {
            if (task is not null)
                task.Value = value * task.MaxValue;
        }
    }

    sealed class Output(TextWriter writer) : IAnsiConsoleOutput
    {
        readonly AnsiConsoleOutput _inner = new(writer);

        public TextWriter Writer => writer;

        public bool IsTerminal => _inner.IsTerminal;

        /// <summary>Into a file or a pipe nothing is cut.</summary>
        public int Width => Console.IsOutputRedirected ? 400 : _inner.Width;

        public int Height => _inner.Height;

        public void SetEncoding(System.Text.Encoding encoding) => _inner.SetEncoding(encoding);
    }
}
