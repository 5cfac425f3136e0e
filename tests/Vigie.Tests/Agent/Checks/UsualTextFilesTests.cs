using Vigie.Agent.Checks;
using Vigie.Agent.Checks.Kinds;
using Vigie.Agent.Reading;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Checks;

public sealed class UsualTextFilesTests
{
    [Fact]
    public void A_folder_is_checked_from_its_first_file_to_its_last()
    {
        using var root = new TempFolder();
        var source = new UsualTextFiles(new CheckContext(new HostRoot(root.Path), TimeProvider.System, (_, _) => { }));
        Assert.Empty(source.Current);
        string folder = root["var/lib/prometheus/node-exporter"], file = Path.Combine(folder, "apt.prom");
        Directory.CreateDirectory(folder);
        for (int i = 0; i < 3; i++) // more often than it is listed
            Assert.Empty(source.Current);
        File.WriteAllText(file, "a 1\n");
        Directory.SetLastWriteTimeUtc(folder, new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)); // whatever the file system's clock is fine enough for
        for (int i = 0; i < 3; i++)
            Assert.Single(source.Current);
        File.Delete(file);
        Directory.SetLastWriteTimeUtc(folder, new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Assert.Empty(source.Current);
        Directory.Delete(folder);
        Assert.Empty(source.Current);
    }
}
