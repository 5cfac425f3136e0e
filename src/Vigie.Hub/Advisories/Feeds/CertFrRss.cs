using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>One line of the feed. The day is that of the first version, even after a revision.</summary>
sealed record CertFrRssItem(CertFrReference Reference, string Title, string Description, DateOnly? Day);

/// <summary>The RSS of CERT-FR: it tells that something came, not what it says.</summary>
static partial class CertFrRss
{
    const int MostItems = 1000;

    /// <exception cref="FormatException">It is not RSS, or holds a document type.</exception>
    public static (IReadOnlyList<CertFrRssItem> Items, int Skipped) Parse(byte[] body)
    {
        var items = new List<CertFrRssItem>();
        int skipped = 0;
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(body), new()
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,

            });
            if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "rss")
                throw new FormatException($"RSS is expected, the document is <{OutsideText.Line(xml.LocalName, 40)}>");
            while (xml.Read())
            {
                if (xml is not { NodeType: XmlNodeType.Element, LocalName: "item", NamespaceURI: "" })
                    continue;
                if (items.Count + skipped == MostItems)
                    throw new FormatException($"it holds more than {MostItems} items");
                if (Item(xml) is { } item)
                    items.Add(item);
                else
                    skipped++;
            }
        }
        catch (XmlException e)
        {
            throw new FormatException($"it is not XML that can be trusted: {e.Message.Split('\n')[0]}", e);
        }
        return (items, skipped);
    }

    /// <summary>Null when its link names no publication.</summary>
    static CertFrRssItem? Item(XmlReader xml)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var inner = xml.ReadSubtree())
        {
            inner.Read();
            inner.Read();
            while (!inner.EOF)
            {
                if (inner is { NodeType: XmlNodeType.Element, Depth: 1, NamespaceURI: "" }
                    && inner.LocalName is "title" or "link" or "guid" or "description" or "pubDate")
                    fields[inner.LocalName] = Content(inner);
                else
                    inner.Read();
            }
        }
        if ((CertFrReference.FromLink(fields.GetValueOrDefault("link"))
            ?? CertFrReference.FromLink(fields.GetValueOrDefault("guid"))) is not { } reference)
            return null;
        string title = DayInTitle().Replace(OutsideText.Line(fields.GetValueOrDefault("title")), "");
        return new(reference, title.Length > 0 ? title : reference.Text,
            OutsideText.Block(fields.GetValueOrDefault("description")), Day(fields.GetValueOrDefault("pubDate", "")));
    }

    /// <summary>The text of an element, elements inside it left out; the reader moves behind it.</summary>
    static string Content(XmlReader xml)
    {
        var text = new System.Text.StringBuilder();
        using (var inner = xml.ReadSubtree())
            while (inner.Read())
                if (inner.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                    text.Append(inner.Value);
        xml.Read();
        return text.ToString();
    }

    static DateOnly? Day(string date) => PubDate().Match(date) is { Success: true } match
        && DateOnly.TryParseExact(match.Value, "d MMM yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    [GeneratedRegex(@"\s*\(\s*[0-9]{1,2}(er)?\s+\p{L}+\.?\s+[0-9]{4}\s*\)\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DayInTitle();

    [GeneratedRegex(@"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PubDate();
}
