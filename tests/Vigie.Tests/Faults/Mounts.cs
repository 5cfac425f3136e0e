using System.Diagnostics;

namespace Vigie.Tests.Faults;

/// <summary>Mounts file systems, as only root may.</summary>
static class Mounts
{
    public static string? Mount(params string[] arguments) => Run("mount", arguments);

    /// <summary>Returns what went wrong.</summary>
    public static string? Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
