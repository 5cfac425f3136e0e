using System.Text;

namespace Vigie.Hub.Charts;

/// <summary>The colours of charts outside a page; theme.css holds the same for pages.</summary>
static class Palette
{
    public static readonly string[] Light = ["#2f6feb", "#e8702a", "#0f9d8a", "#b8329e", "#8a6d00", "#5a54d6", "#4c8c1f", "#c2334d"];
    public static readonly string[] Dark = ["#6ea8fe", "#f5a05a", "#3fd0b9", "#ee85d4", "#d9b843", "#a6a1ff", "#8fcf5a", "#ff8296"];

    public static string Card(bool dark) => dark ? "#161b22" : "#ffffff";

    public static string Ink(bool dark) => dark ? "#e6edf3" : "#1f2937";

    public static string Muted(bool dark) => dark ? "#9aa4b2" : "#5b6472";

    public static string Grid(bool dark) => dark ? "#262d38" : "#e5e8ee";

    public static string Severity(string severity, bool dark) =>
        severity == "critical" ? (dark ? "#ff6b6b" : "#d1242f") : dark ? "#e3a03c" : "#b7791f";

    /// <summary>An opaque mix, as <c>color-mix</c> in a style sheet.</summary>
    public static (byte R, byte G, byte B) Mix(string color, string ground, double share)
    {
        var (a, b) = (Rgb(color), Rgb(ground));
        byte Between(byte x, byte y) => (byte)Math.Round((x * share) + (y * (1 - share)));
        return (Between(a.R, b.R), Between(a.G, b.G), Between(a.B, b.B));
    }

    public static (byte R, byte G, byte B) Rgb(string hex)
    {
        uint value = Convert.ToUInt32(hex[1..], 16);
        return ((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    public static string Css(bool dark)
    {
        var css = new StringBuilder("svg{--card:")
            .Append(Card(dark))
            .Append(";--ink:")
            .Append(Ink(dark))
            .Append(";--muted:")
            .Append(Muted(dark))
            .Append(";--grid:")
            .Append(Grid(dark))
            .Append(";--warning:")
            .Append(Severity("warning", dark))
            .Append(";--critical:")
            .Append(Severity("critical", dark));
        var colors = dark ? Dark : Light;
        for (int i = 0; i < colors.Length; i++)
            css.Append(";--s").Append(i).Append(':').Append(colors[i]);
        css.Append("}text{font:12px system-ui,sans-serif;fill:var(--ink)}.title{font-size:16px;font-weight:600}.value{font-weight:600}.card{fill:var(--card)}");
        css.Append(".tick{fill:var(--muted);paint-order:stroke;stroke:var(--card);stroke-width:3px}");
        css.Append(".plot *{vector-effect:non-scaling-stroke}.grid{stroke:var(--grid);fill:none}");
        css.Append(".line{fill:none;stroke:var(--c);stroke-width:1.6}.peak{fill:none;stroke:var(--muted);stroke-dasharray:1 3}");
        css.Append(".range{fill:var(--c);opacity:.25}");
        css.Append(".area{fill:color-mix(in srgb,var(--c) 45%,var(--card))}.key{fill:var(--c)}");
        css.Append(".threshold{fill:none;stroke-dasharray:5 4}.threshold.warning{stroke:var(--warning)}");
        css.Append(".threshold.critical{stroke:var(--critical)}.band{opacity:.14}.band.warning{fill:var(--warning)}.band.critical{fill:var(--critical)}");
        for (int i = 0; i < colors.Length; i++)
            css.Append(".s").Append(i).Append("{--c:var(--s").Append(i).Append(")}");
        return css.ToString();
    }
}
