using System.Xml;
using System.Xml.Linq;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>
/// <c>updateinfo.xml</c> of a dnf repository: <c>updates/update[@type='security']</c> with <c>references/reference[@type='cve']</c> and
/// <c>pkglist/collection/package[@name, @epoch, @version, @release, @src]</c>. The release of the distribution is read from the package's release
/// (<c>.el9_0</c>), the distribution from who issued it.
/// </summary>
static class UpdateinfoReader
{
    const int MostBytes = 256 << 20;

    public static int Read(Stream stream, SecurityData data, Wanted wanted)
    {
        int count = 0;
        try
        {
            using var xml = XmlReader.Create(stream,
                new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostBytes, CloseInput = false });
            if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "updates")
                throw new FormatException("it is XML, but no updateinfo");
            xml.Read();
            while (!xml.EOF)
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "update" })
                    count += Update((XElement)XNode.ReadFrom(xml), data, wanted);
                else
                    xml.Read();
        }
        catch (XmlException e)
        {
            throw new FormatException($"it is not XML: {e.Message}", e);
        }
        return count;
    }

    static int Update(XElement update, SecurityData data, Wanted wanted)
    {
        if ((string?)update.Attribute("type") != "security" || Distribution(update) is not { } distribution)
            return 0;
        var cves = update.Descendants("reference").Where(r => (string?)r.Attribute("type") == "cve")
            .Select(r => CveId.Parse((string?)r.Attribute("id") ?? "")).Where(c => c != 0).Distinct().ToList();
        var urgency = ((string?)update.Element("severity"))?.Trim() switch
        {
            "Critical" => Urgency.Critical,
            "Important" => Urgency.High,
            "Moderate" => Urgency.Medium,
            "Low" => Urgency.Low,
            _ => Urgency.None,
        };
        int count = 0;
        foreach (var (source, major, evr) in update.Descendants("package").Select(Package).OfType<(string, string, string)>().Distinct())
        {
            if (!wanted.IsSource(source) || !wanted.IsSuite(major))
                continue;
            var rows = data[new(distribution, data.Text(major)), data.Text(source)];
            foreach (long cve in cves)
            {
                rows.Add(new(cve, FixState.Resolved, data.Text(evr), null, urgency, SourceRank.Own));
                count++;
            }
        }
        return count;
    }

    static string? Distribution(XElement update)
    {
        string from = (string?)update.Attribute("from") ?? "", id = (string?)update.Element("id") ?? "";
        return id.StartsWith("ALSA", StringComparison.Ordinal) || from.Contains("almalinux", StringComparison.OrdinalIgnoreCase) ? "almalinux"
            : id.StartsWith("RLSA", StringComparison.Ordinal) || from.Contains("rocky", StringComparison.OrdinalIgnoreCase) ? "rocky"
            : id.StartsWith("RHSA", StringComparison.Ordinal) ? "rhel"
            : id.StartsWith("ELSA", StringComparison.Ordinal) ? "ol"
            : null;
    }

    static (string Source, string Major, string Evr)? Package(XElement package)
    {
        string version = (string?)package.Attribute("version") ?? "", release = (string?)package.Attribute("release") ?? "";
        string src = (string?)package.Attribute("src") ?? "", name = (string?)package.Attribute("name") ?? "";
        string epoch = (string?)package.Attribute("epoch") ?? "0";
        int at = release.IndexOf(".el", StringComparison.Ordinal);
        string major = at < 0 ? "" : string.Concat(release[(at + 3)..].TakeWhile(char.IsAsciiDigit));
        if (major.Length == 0 || version.Length == 0 || name.Length == 0)
            return null;
        string tail = $"-{version}-{release}.src.rpm";
        string source = src.EndsWith(tail, StringComparison.Ordinal) ? src[..^tail.Length] : name;
        return (source, major, epoch is "0" or "" ? $"{version}-{release}" : $"{epoch}:{version}-{release}");
    }
}
