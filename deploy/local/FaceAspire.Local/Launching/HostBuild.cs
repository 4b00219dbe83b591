using System.Diagnostics;

namespace FaceAspire.Local.Launching;

/// <summary>Builds the hosts, one after the other: they share projects, whose outputs two builds at once would both write.</summary>
internal static class HostBuild
{
    /// <summary>Builds each project in Release.</summary>
    /// <returns>The assembly of each project file.</returns>
    /// <exception cref="LaunchException">One does not build; the message has the compiler's.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> RunAsync(IEnumerable<string> projects, TextWriter output, CancellationToken cancellationToken)
    {
        Dictionary<string, string> assemblies = [];
        foreach (string project in projects)
        {
            await output.WriteLineAsync($"building {Path.GetFileNameWithoutExtension(project)}");
            assemblies[project] = await BuildAsync(project, cancellationToken);
        }

        return assemblies;
    }

    private static async Task<string> BuildAsync(string project, CancellationToken cancellationToken)
    {
        // The last line is the answer to -getProperty; the target must be named, or nothing is built.
        var start = new ProcessStartInfo("dotnet", ["build", project, "-c", "Release", "--nologo", "-v", "quiet", "-t:Build", "-getProperty:TargetPath"])
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start) ?? throw new LaunchException("dotnet does not start.");
        try
        {
            string text = (await build.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
            await build.WaitForExitAsync(cancellationToken);
            return build.ExitCode == 0 ? text[(text.LastIndexOf('\n') + 1)..] : throw new LaunchException($"{project} does not build:\n{text}");
        }
        finally
        {
            if (!build.HasExited)
            {
                build.Kill(entireProcessTree: true);
            }
        }
    }
}
