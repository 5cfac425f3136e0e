namespace Vigie.Tests.Support;

/// <summary>The working tree that the tests were built from.</summary>
static class Repository
{
    static readonly string Root = Find();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Vigie.slnx")))
                return folder.FullName;
        throw new DirectoryNotFoundException("the tests must run below the folder that holds Vigie.slnx");
    }
}
