using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>Small files of a host as text; what isn't there or may not be read is empty.</summary>
static class HostText
{
    public static string ReadText(this HostRoot root, string path)
    {
        try
        {
            return Encoding.UTF8.GetString(root.File(path).ReadOnce());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public static string ReadLine(this HostRoot root, string path) => root.ReadText(path).Split('\n')[0].Trim();
}
