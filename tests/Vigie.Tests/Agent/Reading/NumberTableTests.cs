using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class NumberTableTests
{
    [Fact]
    public void Numbers_are_found_by_key_wherever_their_lines_go()
    {
        var numbers = new KeyedNumbers("/proc/x", "b", "a:");
        numbers.Read("a: 1 kB\nb 2\nc 3\n"u8);
        Assert.Equal((2UL, 1UL), (numbers[0]!.Value, numbers[1]!.Value));
        numbers.Read("a: 10 kB\nb 20\nc 30\n"u8);
        Assert.Equal((20UL, 10UL), (numbers[0]!.Value, numbers[1]!.Value));
        numbers.Read("new 7\nb 21\na: 11 kB\n"u8);
        Assert.Equal((21UL, 11UL), (numbers[0]!.Value, numbers[1]!.Value));
        numbers.Read("b 22\nb 99\n"u8);
        Assert.Equal((22UL, null), (numbers[0]!.Value, numbers[1]));
        numbers.Read(default);
        Assert.Null(numbers[0]);
        Assert.Contains("/proc/x", Assert.Throws<FormatException>(() => numbers.Read("b many\n"u8)).Message);
    }

    [Fact]
    public void Numbers_under_headings_are_found_by_group_and_column()
    {
        var numbers = new HeadedNumbers("/proc/x", ("Tcp", "C"), ("Udp", "A"), ("Tcp", "A"), ("Tcp", "None"));
        numbers.Read("Ip: A\nIp: 9\nTcp: A B C D\nTcp: 1 -2 3 4\nUdp: A\nUdp: 5\n"u8);
        Assert.Equal([3UL, 5UL, 1UL, null], new[] { numbers[0], numbers[1], numbers[2], numbers[3] });
        numbers.Read("Tcp: C A\nTcp: 30 10\n"u8);
        Assert.Equal([30UL, null, 10UL, null], new[] { numbers[0], numbers[1], numbers[2], numbers[3] });
        Assert.Contains("\"Tcp:\"", Assert.Throws<FormatException>(() => numbers.Read("Tcp: A\nUdp: 1\n"u8)).Message);
        Assert.Throws<FormatException>(() => numbers.Read("Tcp: A C\nTcp: 1\n"u8));
    }

    [Fact]
    public void A_file_that_several_share_is_read_once_a_round()
    {
        string folder = Directory.CreateTempSubdirectory("vigie-shared-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "proc"));
            string path = Path.Combine(folder, "proc", "stat");
            var root = new HostRoot(folder);
            var file = root.SharedFile("/proc/stat");
            Assert.Same(file, root.SharedFile("/proc/stat"));
            string Read() => Encoding.ASCII.GetString(file.Read());
            File.WriteAllText(path, "one");
            Assert.Equal("one", Read());
            File.WriteAllText(path, "two");
            Assert.Equal("two", Read()); // there are no rounds yet
            root.BeginRound();
            Assert.Equal("two", Read());
            File.WriteAllText(path, "ten");
            Assert.Equal("two", Read());
            root.BeginRound();
            Assert.Equal("ten", Read());
            Assert.False(file.IsUnchanged()); // no file of the kernel
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_kernel_tells_that_its_mounts_are_as_they_were()
    {
        var file = new HostRoot("/").File("/proc/self/mountinfo", hasLongLines: true);
        Assert.False(file.IsUnchanged()); // not read yet
        Assert.False(file.Read().IsEmpty);
        Assert.True(file.IsUnchanged());
    }
}
