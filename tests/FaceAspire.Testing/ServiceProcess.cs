using System.Diagnostics;
using System.Text.RegularExpressions;
using FaceAspire.Local;

namespace FaceAspire.Testing;

/// <summary>A real host in a process of its own, on a port that the system picks. Disposing it ends that process by its handle.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int KeptLines = 50;

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _exitLimit = TimeSpan.FromSeconds(40);

    private static readonly string[] _ownVariables =
    [
        "HOST", "PORT", "DEBUG", "LOG_LEVEL", "LOG_FORMAT", "DEFAULT_MODEL", "DEFAULT_DETECTOR", "DEFAULT_METRIC", "DEFAULT_ALIGNMENT", "FACES_DB_PATH", "IMAGE_PATH_ROOTS",
        "GPU_DEVICE", "MAX_IMAGE_BYTES", "MAX_IMAGE_PIXELS", "MAX_CONCURRENCY", "MAX_QUEUE", "REQUEST_TIMEOUT_SECONDS", "ALLOW_PRIVATE_URLS", "MODELS_DIR", "MODELS_CACHE", "MODELS_MIRROR",
        "URLS", "HTTP_PORTS", "ASPNETCORE_HTTP_PORTS", "OTEL_EXPORTER_OTLP_ENDPOINT", "EMBEDDING_CACHE_TTL_SECONDS", "EMBEDDING_CACHE_MB", "ConnectionStrings__cache",
        "API_KEYS", "RATE_LIMIT_PER_MINUTE", "CORS_ORIGINS", "PATH_BASE", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "GALLERY_STORE", "FOLDER_RESCAN_SECONDS",
    ];

    private readonly string _folder;
    private readonly Process _process;
    private readonly LastLines _lines = new(KeptLines);
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(string assembly, IReadOnlyDictionary<string, string?> environment, string? environmentFile)
    {
        _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;
        if (environmentFile is not null)
        {
            File.WriteAllText(Path.Combine(_folder, ".env"), environmentFile);
        }

        _process = Launch(assembly, environment, _folder);
        Client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Client whose base address is the service.</summary>
    public HttpClient Client { get; }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The last lines that the service wrote, oldest first.</summary>
    public string Log => string.Join('\n', _lines.All);

    /// <summary>Resident memory in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time used so far, of all cores.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Largest resident memory so far, in bytes.</summary>
    public long PeakWorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts <c>dotnet ASSEMBLY</c> and waits until it listens.</summary>
    /// <param name="assembly">Name of the host's assembly beside the tests, such as <c>FaceAspire.Standalone.dll</c>.</param>
    /// <param name="environment">Variables of the service; a null value removes one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="environmentFile">What the <c>.env</c> file of its working directory holds; null for none. The directory is its own and goes with it.</param>
    public static async Task<ServiceProcess> StartAsync(
        string assembly, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken, string? environmentFile = null)
    {
        var service = new ServiceProcess(assembly, environment, environmentFile);
        try
        {
            service.Client.BaseAddress = await service.WaitForAddressAsync(cancellationToken);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>dotnet ASSEMBLY</c> that is expected to end by itself, and gives its exit code and what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunToExitAsync(
        string assembly, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken, string? environmentFile = null)
    {
        await using var service = new ServiceProcess(assembly, environment, environmentFile);
        service.Listen();
        await service._process.WaitForExitAsync(cancellationToken).WaitAsync(_exitLimit, cancellationToken);
        return (service._process.ExitCode, service.Log);
    }

    /// <summary>Waits until the service has written a text: its lines come through a pipe, a little after the answer.</summary>
    /// <exception cref="TimeoutException">It did not within ten seconds; the message has the last lines.</exception>
    public async Task WaitForLogAsync(string text, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
            {
                throw new TimeoutException($"The log does not say '{text}':\n{Log}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Asks the process to end as an orchestrator does (SIGTERM) and waits for its exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(_exitLimit, cancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Launch(string assembly, IReadOnlyDictionary<string, string?> environment, string folder)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };

        // What the person who runs the tests has set for a service of their own is none of the tests' business.
        foreach (string name in _ownVariables)
        {
            start.Environment.Remove(name);
        }

        start.Environment["MODELS_AUTO_DOWNLOAD"] = "false"; // no test fetches from the world
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DATA_DIR"] = Path.Combine(folder, "data"); // not that of the person who runs the tests, and nobody else's
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{assembly} did not start.");
    }

    [GeneratedRegex(@"Now listening on: (http://[^\s""]+)")]
    private static partial Regex ListeningLine();

    private void Listen()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<Uri> WaitForAddressAsync(CancellationToken cancellationToken)
    {
        Listen();
        var exit = _process.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(_address.Task, exit, Task.Delay(_startLimit, cancellationToken));
        if (first == _address.Task)
        {
            return await _address.Task;
        }

        throw new InvalidOperationException(first == exit
            ? $"The host exited early with code {_process.ExitCode}:\n{Log}"
            : $"The host did not listen within {_startLimit.TotalSeconds} s:\n{Log}");
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Add(line);
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }
}
