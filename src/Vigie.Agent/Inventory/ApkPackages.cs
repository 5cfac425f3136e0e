using Vigie.Agent.Reading;

namespace Vigie.Agent.Inventory;

/// <summary>Alpine's: the database of apk, a line for each field, an empty one behind each package.</summary>
sealed class ApkPackages(HostRoot root) : IPackageSource
{
    // apk 3 keeps it under /usr
    static readonly string[] Paths = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

    public string Name => "apk";

    public IReadOnlyList<string> Marks => Paths;

    public ValueTask ReadAsync(PackageList list, CancellationToken ct)
    {
        if (Paths.FirstOrDefault(root.Exists) is not { } path)
            return default;
        using var lines = new LineStream(
            new FileStream(root.Map(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        string name = "", version = "", origin = "", maintainer = "";
        bool more;
        do
        {
            more = lines.TryRead(out var line);
            if (line.IsEmpty)
            {
                list.Add(name, version, origin, "", maintainer);
                (name, version, origin, maintainer) = ("", "", "", "");
            }
            else if (line.Length > 2 && line[1] == ':')
                switch (line[0])
                {
                    case (byte)'P': name = PackageList.Text(line[2..]); break;
                    case (byte)'V': version = PackageList.Text(line[2..]); break;
                    case (byte)'o': origin = PackageList.Text(line[2..]); break;
                    case (byte)'m': maintainer = PackageList.Text(line[2..]); break;
                }
        }
        while (more);
        return default;
    }
}
