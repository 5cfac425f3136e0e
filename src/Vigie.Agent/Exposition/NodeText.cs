using System.Globalization;
using System.Text;

namespace Vigie.Agent.Exposition;

/// <summary>Writes metrics as Prometheus reads them (text format 0.0.4): all samples of a metric behind its help and type.</summary>
sealed class NodeText
{
    readonly StringBuilder _text = new(16 * 1024);
    string _name = "";

    /// <summary>Begins a metric; the samples that follow are its.</summary>
    public NodeText Metric(string name, string type, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    public NodeText Gauge(string name, string help) => Metric(name, "gauge", help);

    public NodeText Counter(string name, string help) => Metric(name, "counter", help);

    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_name);
        char separator = '{';
        foreach (var (name, text) in labels)
        {
            _text.Append(separator).Append(name).Append("=\"");
            Escape(text);
            _text.Append('"');
            separator = ',';
        }
        if (separator == ',')
            _text.Append('}');
        _text.Append(' ').Append(CultureInfo.InvariantCulture, $"{value:R}").Append('\n');
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    // Names of devices and mount points come from outside; a line must stay one.
    void Escape(string value)
    {
        foreach (char c in value)
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append("\\n"),
                _ => _text.Append(c),
            };
    }
}
