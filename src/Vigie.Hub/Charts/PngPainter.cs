using SkiaSharp;

namespace Vigie.Hub.Charts;

/// <summary>Paints the same scene as a PNG, for mail. SkiaSharp is loaded at the first picture only.</summary>
static class PngPainter
{
    const int Margin = 16, Top = 40, PlotHeight = 196, AxisHeight = 20;

    /// <summary>The picture, or null when this machine has no font to write the labels with.</summary>
    public static byte[]? Paint(ChartScene scene, bool dark, int width = 800)
    {
        if (Fonts.Find() is not { } typeface)
            return null;
        var rows = SvgWriter.LegendRows(scene, width - (2 * Margin));
        int height = Top + PlotHeight + AxisHeight + 12 + (rows.Count * 20);
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        new Brush(surface.Canvas, typeface, dark).Paint(scene, width, rows);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    sealed class Brush(SKCanvas canvas, SKTypeface typeface, bool dark)
    {
        readonly SKColor _card = Color(Palette.Card(dark)), _ink = Color(Palette.Ink(dark)), _muted = Color(Palette.Muted(dark));
        readonly string[] _colors = dark ? Palette.Dark : Palette.Light;
        SKRect _plot;

        public void Paint(ChartScene scene, int width, List<List<(int X, LegendEntry Entry)>> rows)
        {
            canvas.Clear(_card);
            _plot = new(Margin, Top, width - Margin, Top + PlotHeight);
            Text(scene.Title, Margin, 26, 16, _ink);
            foreach (var (from, to, severity, _) in scene.Bands)
                canvas.DrawRect(new SKRect(X(from), _plot.Top, Math.Max(X(from) + 2, X(to)), _plot.Bottom),
                    Fill(Color(Palette.Severity(severity, dark)).WithAlpha(36)));
            using (var grid = Stroke(Color(Palette.Grid(dark)), 1))
                foreach (var y in scene.YTicks.Select(t => t.At).Append(0))
                    canvas.DrawLine(_plot.Left, Y(y), _plot.Right, Y(y), grid);
            foreach (var shape in scene.Shapes)
                Draw(shape);
            foreach (var (at, severity) in scene.Thresholds)
            {
                using var line = Stroke(Color(Palette.Severity(severity, dark)), 1.2f, 5, 4);
                canvas.DrawLine(_plot.Left, Y(at), _plot.Right, Y(at), line);
            }
            foreach (var tick in scene.YTicks)
                Text(tick.Text, _plot.Left + 3, Y(tick.At) + 13, 12, _muted, halo: true);
            foreach (var tick in scene.XTicks)
                Text(tick.Text, X(tick.At), _plot.Bottom + 15, 12, _muted,
                    tick.At < 0.04 ? SKTextAlign.Left : tick.At > 0.96 ? SKTextAlign.Right : SKTextAlign.Center);
            Legend(rows);
        }

        void Draw(Shape shape)
        {
            var color = Color(_colors[shape.Color]);
            using var builder = new SKPathBuilder();
            for (int i = 0; i < shape.Spots.Count; i++)
            {
                var (x, y) = (X(shape.Spots[i].X), Y(shape.Spots[i].Y));
                if (i == 0)
                    builder.MoveTo(x, y);
                else
                    builder.LineTo(x, y);
            }
            using var paint = shape.Role switch
            {
                ShapeRole.Area => Fill(Mixed(_colors[shape.Color])),
                ShapeRole.Range => Fill(color.WithAlpha(64)),
                ShapeRole.Peak => Stroke(_muted, 1, 1, 3),
                _ => Stroke(color, 1.6f),
            };
            if (shape.Role is ShapeRole.Area or ShapeRole.Range)
                builder.Close();
            using var path = builder.Detach();
            canvas.DrawPath(path, paint);
        }

        void Legend(List<List<(int X, LegendEntry Entry)>> rows)
        {
            for (int row = 0; row < rows.Count; row++)
                foreach (var (x, entry) in rows[row])
                {
                    float y = _plot.Bottom + AxisHeight + 20 + (row * 20);
                    canvas.DrawRect(new SKRect(x + Margin, y - 6, x + Margin + 10, y - 3), Fill(Color(_colors[entry.Color])));
                    Text($"{entry.Name} {entry.Last}", x + Margin + 15, y, 12, _ink);
                }
        }

        void Text(string text, float x, float y, float size, SKColor color, SKTextAlign align = SKTextAlign.Left, bool halo = false)
        {
            using var font = new SKFont(typeface, size) { Edging = SKFontEdging.Antialias };
            if (halo)
            {
                using var ground = Stroke(_card, 3);
                canvas.DrawText(text, x, y, align, font, ground);
            }
            using var paint = Fill(color);
            canvas.DrawText(text, x, y, align, font, paint);
        }

        float X(double share) => _plot.Left + (float)(share * _plot.Width);

        float Y(double share) => _plot.Bottom - (float)(share * _plot.Height);

        SKColor Mixed(string color)
        {
            var (r, g, b) = Palette.Mix(color, Palette.Card(dark), 0.45);
            return new(r, g, b);
        }

        static SKPaint Fill(SKColor color) => new() { Color = color, IsAntialias = true, Style = SKPaintStyle.Fill };

        static SKPaint Stroke(SKColor color, float width, params float[] dashes) => new()
        {
            Color = color,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
            StrokeJoin = SKStrokeJoin.Round,
            PathEffect = dashes.Length > 0 ? SKPathEffect.CreateDash(dashes, 0) : null,
        };

        static SKColor Color(string hex)
        {
            var (r, g, b) = Palette.Rgb(hex);
            return new(r, g, b);
        }
    }
}
