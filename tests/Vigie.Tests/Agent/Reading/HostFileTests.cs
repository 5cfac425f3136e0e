using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

public sealed class HostFileTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("vigie-root-").FullName;

    HostFile File(string name) => new HostRoot(_root).File("/" + name);

    void Write(string name, string text) => System.IO.File.WriteAllText(Path.Combine(_root, name), text);

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [Fact]
    public void A_file_is_read_anew_each_time_whatever_its_size()
    {
        var file = File("stat");
        foreach (int size in new[] { 5, 4096, 4097, 100_000, 3 })
        {
            Write("stat", new string('x', size));
            Assert.Equal(size, file.Read().Length);
        }
    }

    [Fact]
    public void A_missing_file_is_empty_and_is_found_when_it_comes()
    {
        var file = File("late");
        Assert.True(file.Read().IsEmpty);
        Write("late", "here");
        Assert.Equal("here", Text(file.Read()));
    }

    [Fact]
    public void A_file_that_is_replaced_is_read_once_more_from_its_name()
    {
        var file = File("utmp");
        Write("utmp", "old");
        Assert.Equal("old", Text(file.ReadOnce()));
        Write("utmp.new", "new");
        System.IO.File.Move(Path.Combine(_root, "utmp.new"), Path.Combine(_root, "utmp"), overwrite: true);
        Assert.Equal("new", Text(file.ReadOnce()));
    }

    [Fact]
    public void Files_of_the_kernel_whose_size_is_told_as_zero_are_read_whole() =>
        Assert.Contains("MemTotal", Text(new HostRoot("/").File("/proc/meminfo").Read()));

    [Fact]
    public void Reading_a_known_file_and_naming_known_devices_allocates_nothing()
    {
        Write("dev", "eth0 1 2");
        var file = File("dev");
        var names = new NamePool();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            var text = file.Read();
            text.TakeField(out var field);
            Assert.Same(names[field], names["eth0"u8]);
        }
    }

    [Fact]
    public void A_pool_of_names_without_end_starts_again()
    {
        var names = new NamePool();
        for (int i = 0; i < 10_000; i++)
            Assert.Equal($"né{i}", names[Encoding.UTF8.GetBytes($"né{i}")]);
    }

    [Theory]
    [InlineData("", "a number was expected where a line ends")]
    [InlineData("12x", "found \"12x\"")]
    [InlineData("-1", "found \"-1\"")]
    [InlineData("99999999999999999999", "found \"99999999999999999999\"")]
    public void What_is_no_number_is_told_with_the_file(string text, string said)
    {
        var message = Assert.Throws<FormatException>(() =>
        {
            ReadOnlySpan<byte> line = Encoding.UTF8.GetBytes(text);
            line.TakeNumber("/proc/stat");
        }).Message;
        Assert.StartsWith("/proc/stat: ", message);
        Assert.Contains(said, message);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
