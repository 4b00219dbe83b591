using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FaceAspire.Local;

/// <summary>What one process can tell another. On Windows there is only the end.</summary>
internal static class ProcessSignal
{
    private const int Term = 15;

    private static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    private static int Cont => OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>Asks it to end as an orchestrator does.</summary>
    public static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            Send(process, Term);
        }
    }

    /// <summary>Holds it still; it keeps its connections and answers nothing.</summary>
    public static void Pause(Process process) => Send(process, Stop);

    /// <summary>Lets it go on.</summary>
    public static void Continue(Process process) => Send(process, Cont);

    private static void Send(Process process, int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Windows has no signals.");
        }

        // It may end between the question and the signal: then there is nobody left to tell.
        if (!process.HasExited && Kill(process.Id, signal) != 0 && !process.HasExited)
        {
            throw new InvalidOperationException($"Process {process.Id} takes no signal {signal}: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
