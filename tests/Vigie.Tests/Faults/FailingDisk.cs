using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Vigie.Tests.Faults;

/// <summary>
/// A file system under SQLite that fails at a chosen write: SQLite's own one, with its writes, truncations, syncs and growth of
/// the shared memory counted on the way. See https://sqlite.org/vfs.html for the structures.
/// </summary>
sealed unsafe partial class FailingDisk : IDisposable
{
    const int VfsBytes = 168, MethodsBytes = 152;

    /// <summary>Offsets in sqlite3_vfs and sqlite3_io_methods on 64 bits.</summary>
    const int Name = 24, Open = 40, Write = 24, Truncate = 32, Sync = 40, ShmMap = 104;

    static readonly ConcurrentDictionary<nint, FailingDisk> Disks = [];
    static readonly ConcurrentDictionary<nint, (FailingDisk Disk, nint Original)> Methods = [];

    readonly ConcurrentDictionary<nint, nint> _counting = [];
    readonly byte* _vfs = (byte*)NativeMemory.AllocZeroed(VfsBytes);
    readonly string _name = $"failing-{Guid.NewGuid():N}";
    readonly nint _open;
    int _left, _code;
    bool _staysFull;

    public FailingDisk()
    {
        Batteries_V2.Init();
        byte* real = Find(null);
        Unsafe.CopyBlock(_vfs, real, VfsBytes);
        _open = *(nint*)(real + Open);
        *(nint*)(_vfs + Name) = Marshal.StringToCoTaskMemUTF8(_name);
        *(nint*)(_vfs + Open) = (nint)(delegate* unmanaged[Cdecl]<byte*, byte*, nint*, int, int*, int>)&OnOpen;
        Disks[(nint)_vfs] = this;
        Assert.Equal(0, Register(_vfs, 0));
    }

    /// <summary>Writes since the last <see cref="FailAt"/> or <see cref="Heal"/>.</summary>
    public int Writes { get; private set; }

    /// <summary>Whether a write has failed since then.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>How a connection names a file on this disk.</summary>
    public string Of(string path) => $"file:{path}?vfs={_name}";

    /// <summary>The n-th write from now on fails with this code; all behind it, too, when the disk stays full.</summary>
    public void FailAt(int n, int code, bool staysFull) =>
        (_left, _code, _staysFull, Writes, HasFailed) = (n, code, staysFull, 0, false);

    public void Heal() => (_left, Writes, HasFailed) = (0, 0, false);

    /// <summary>Counts a sync that does not go by SQLite.</summary>
    /// <exception cref="IOException">It is the write that fails.</exception>
    public void SyncLog()
    {
        if (Ask(4) != 0)
            throw new IOException("this disk fails");
    }

    int Ask(int kind)
    {
        Writes++;
        if (_left == 0 || --_left > 0)
            return 0;
        _left = _staysFull ? 1 : 0;
        HasFailed = true;
        return _code == raw.SQLITE_IOERR ? raw.SQLITE_IOERR | (kind << 8) : _code;
    }

    public void Dispose()
    {
        Unregister(_vfs);
        Disks.TryRemove((nint)_vfs, out _);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnOpen(byte* vfs, byte* path, nint* file, int flags, int* outFlags)
    {
        var disk = Disks[(nint)vfs];
        int code = ((delegate* unmanaged[Cdecl]<byte*, byte*, nint*, int, int*, int>)disk._open)(vfs, path, file, flags, outFlags);
        if (code == 0 && *file != 0)
            *file = disk._counting.GetOrAdd(*file, disk.Counting);
        return code;
    }

    nint Counting(nint original)
    {
        byte* methods = (byte*)NativeMemory.AllocZeroed(MethodsBytes);
        Unsafe.CopyBlock(methods, (byte*)original, MethodsBytes);
        *(nint*)(methods + Write) = (nint)(delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)&OnWrite;
        *(nint*)(methods + Truncate) = (nint)(delegate* unmanaged[Cdecl]<nint*, long, int>)&OnTruncate;
        *(nint*)(methods + Sync) = (nint)(delegate* unmanaged[Cdecl]<nint*, int, int>)&OnSync;
        *(nint*)(methods + ShmMap) = (nint)(delegate* unmanaged[Cdecl]<nint*, int, int, int, nint*, int>)&OnShmMap;
        Methods[(nint)methods] = (this, original);
        return (nint)methods;
    }

    static nint Real(nint* file, int offset) => *(nint*)(Methods[*file].Original + offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnWrite(nint* file, byte* from, int bytes, long offset) => Methods[*file].Disk.Ask(3) is var code and not 0
        ? code : ((delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)Real(file, Write))(file, from, bytes, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnTruncate(nint* file, long size) => Methods[*file].Disk.Ask(6) is var code and not 0
        ? code : ((delegate* unmanaged[Cdecl]<nint*, long, int>)Real(file, Truncate))(file, size);

    /// <summary>Nothing here outlives the machine: a sync only counts.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnSync(nint* file, int flags) => Methods[*file].Disk.Ask(4);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnShmMap(nint* file, int page, int bytes, int extend, nint* to) =>
        extend != 0 && Methods[*file].Disk.Ask(19) is var code and not 0
            ? code : ((delegate* unmanaged[Cdecl]<nint*, int, int, int, nint*, int>)Real(file, ShmMap))(file, page, bytes, extend, to);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial byte* Find(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(byte* vfs, int isDefault);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_unregister")]
    private static partial int Unregister(byte* vfs);
}
