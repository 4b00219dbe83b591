using System.CommandLine;
using System.Globalization;
using FaceAspire.Local.Manifest;

namespace FaceAspire.Local.Launching;

/// <summary>The command line of the launcher.</summary>
internal static class LaunchCommand
{
    private const int UsageError = 2;
    private const string Recognition = "recognition";
    private const string Gateway = "gateway";

    private static readonly Option<int> _gatewayPort = Number("--gateway-port", "Port of the gateway; 0 for a free one.", 5_000, 0, 65_535);
    private static readonly Option<int> _replicas = Number("--replicas", "Processes of the recognition service.", 1, 1, 64);

    private static readonly Option<string[]> _set = new("--set")
    {
        Description = "A parameter of the manifest, NAME=VALUE, such as model=FaceLite; may be repeated. What is not given comes from the variable that the parameter fills, such as DEFAULT_MODEL.",
        DefaultValueFactory = static _ => [],
    };

    private static readonly Option<FileInfo?> _manifest = new("--manifest") { Description = "The manifest; default: aspire-manifest.json of this folder, or of one above." };
    private static readonly Option<DirectoryInfo?> _assemblies = new("--assemblies") { Description = "Folder in which the services' assemblies lie; without it they are built." };

    /// <summary>How it runs: Ctrl-C and SIGTERM only ask it to stop, which it does in its own time.</summary>
    public static InvocationConfiguration Configuration { get; } = new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(5) };

    public static RootCommand Create()
    {
        var command = new RootCommand("Starts the distributed FaceAspire on this machine, as aspire-manifest.json describes it: the services and a Redis, reachable from this machine only. Ctrl-C stops it; the Redis keeps nothing on disk, so that galleries and cached embeddings are gone then.")
        {
            _gatewayPort, _replicas, _set, _manifest, _assemblies,
        };
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>Values of the manifest's parameters: what is given on the command line, else what the variables say that the parameters fill.</summary>
    /// <exception cref="LaunchException">A setting is not NAME=VALUE, or names no parameter.</exception>
    internal static Dictionary<string, string> ReadParameters(AspireManifest manifest, IEnumerable<string> settings, Func<string, string?> variable)
    {
        Dictionary<string, string> parameters = [];
        foreach (var (name, text) in manifest.Projects.SelectMany(static project => project.Value.Env))
        {
            if (manifest.Parameters.FirstOrDefault(parameter => text == $"{{{parameter.Key}.value}}").Key is { } filled && variable(name) is { Length: > 0 } value)
            {
                parameters[filled] = value;
            }
        }

        foreach (string setting in settings)
        {
            int end = setting.IndexOf('=', StringComparison.Ordinal);
            string name = end < 0 ? setting : setting[..end];
            if (end < 0 || !manifest.Parameters.Any(parameter => parameter.Key == name))
            {
                throw new LaunchException($"--set {setting}: must be NAME=VALUE, NAME one of {string.Join(", ", manifest.Parameters.Select(static parameter => parameter.Key))}");
            }

            parameters[name] = setting[(end + 1)..];
        }

        return parameters;
    }

    /// <summary>Variables of further replicas of recognition: the folder of faces is followed by the first one alone, the others may open its files.</summary>
    /// <param name="replicas">How many there are.</param>
    /// <param name="folder">The folder; null or blank for none.</param>
    /// <param name="hasRoots">Whether somebody says which files may be opened; else those of the folder.</param>
    internal static Dictionary<string, IReadOnlyDictionary<string, string?>> OfFurtherReplicas(int replicas, string? folder, bool hasRoots)
    {
        Dictionary<string, IReadOnlyDictionary<string, string?>> variables = [];
        for (int replica = 2; replica <= replicas && folder is { Length: > 0 }; replica++)
        {
            Dictionary<string, string?> own = new() { ["FACES_DB_PATH"] = null };
            if (!hasRoots && Directory.Exists(folder))
            {
                own["IMAGE_PATH_ROOTS"] = folder;
            }

            variables[string.Create(CultureInfo.InvariantCulture, $"{Recognition}-{replica}")] = own;
        }

        return variables;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = TextWriter.Synchronized(arguments.InvocationConfiguration.Output);
        try
        {
            var manifest = AspireManifest.Load(arguments.GetValue(_manifest)?.FullName ?? FindManifest());
            var parameters = ReadParameters(manifest, arguments.GetValue(_set) ?? [], Environment.GetEnvironmentVariable);
            var options = new DistributedSetOptions
            {
                Assembly = await FindAssembliesAsync(manifest, arguments.GetValue(_assemblies), output, cancellationToken),
                Ports = new Dictionary<string, int> { [Gateway] = arguments.GetValue(_gatewayPort) },
                Replicas = new Dictionary<string, int> { [Recognition] = arguments.GetValue(_replicas) },
                Parameters = parameters,
                Variables = OfFurtherReplicas(
                    arguments.GetValue(_replicas), Environment.GetEnvironmentVariable("FACES_DB_PATH"), parameters.GetValueOrDefault("roots") is { Length: > 0 }),
                Inherits = static _ => true,
                WorkingDirectory = Environment.CurrentDirectory,
                Output = (service, line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{service,-Launcher.NameWidth} | {line}")),
            };
            return await new Launcher(output).RunAsync(manifest, options, cancellationToken);
        }
        catch (Exception exception) when (exception is LaunchException or ManifestException)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
            return UsageError;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0; // before anything had started
        }
    }

    private static async Task<Func<string, string>> FindAssembliesAsync(AspireManifest manifest, DirectoryInfo? folder, TextWriter output, CancellationToken cancellationToken)
    {
        if (folder is not null)
        {
            return project => Path.Combine(folder.FullName, $"{Path.GetFileNameWithoutExtension(project)}.dll");
        }

        var built = await HostBuild.RunAsync(manifest.Projects.Select(project => manifest.PathOf(project.Value)), output, cancellationToken);
        return project => built[project];
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: must lie between {least} and {most}"));
            }
        });
        return option;
    }

    private static string FindManifest()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, AspireManifest.FileName) is var path && File.Exists(path))
            {
                return path;
            }
        }

        throw new LaunchException($"No {AspireManifest.FileName} in this folder or above: name it with --manifest.");
    }
}
