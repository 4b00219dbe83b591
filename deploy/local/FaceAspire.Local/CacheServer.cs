using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Garnet;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Local;

/// <summary>A Redis on a port of this machine's loopback address: <c>redis-server</c> where it is on the path, else Garnet in this process.
/// It keeps nothing on disk. Disposing it ends what it started.</summary>
public sealed class CacheServer : IAsyncDisposable
{
    private const string Program = "redis-server";

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-cache-").FullName;
    private readonly string _password;
    private readonly bool _hasVectorSets;
    private readonly LoopbackPort? _kept;
    private readonly TaskCompletionSource<int> _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private GarnetServer? _garnet;
    private volatile bool _endWanted;

    private CacheServer(int port, string password, bool hasVectorSets)
    {
        _hasVectorSets = hasVectorSets;
        _kept = port == 0 ? new LoopbackPort() : null;
        (Port, _password) = (_kept?.Number ?? port, password);
    }

    /// <summary>Which program serves: <c>redis-server</c> or <c>Garnet</c>.</summary>
    public static string Kind => IsInstalled ? Program : nameof(Garnet);

    /// <summary>Whether <c>redis-server</c> is on the path.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(static folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Where it listens, at 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How StackExchange.Redis is told of it, as Aspire does.</summary>
    public string ConnectionString => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)},password={_password}";

    /// <summary>Id of its process; null when it is Garnet, which has none of its own.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Comes to an end, with the exit code, when its process ends and nobody here asked it to.</summary>
    public Task<int> Death => _death.Task;

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="port">Where to listen; 0 for a free port.</param>
    /// <param name="password">What clients must send, without spaces.</param>
    /// <param name="hasVectorSets">Whether it must have vector sets, as Redis 8 has: then it is Garnet, whatever is on the path.</param>
    public static async Task<CacheServer> StartAsync(CancellationToken cancellationToken, int port = 0, string password = "local", bool hasVectorSets = false)
    {
        var server = new CacheServer(port, password, hasVectorSets);
        try
        {
            await server.LaunchAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it; <see cref="ResumeAsync"/> starts it again, empty, on the same port.</summary>
    public async Task StopAsync()
    {
        _endWanted = true;
        _garnet?.Dispose();
        _garnet = null;
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => LaunchAsync(cancellationToken);

    /// <summary>Holds its process still (SIGSTOP): it keeps its connections and answers nothing.</summary>
    /// <exception cref="NotSupportedException">It is Garnet, which has no process of its own.</exception>
    public void Pause() => ProcessSignal.Pause(_process ?? throw new NotSupportedException($"{Kind} has no process of its own."));

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    /// <exception cref="NotSupportedException">It is Garnet, which has no process of its own.</exception>
    public void Continue() => ProcessSignal.Continue(_process ?? throw new NotSupportedException($"{Kind} has no process of its own."));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _kept?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        string port = Port.ToString(CultureInfo.InvariantCulture);
        if (IsInstalled && !_hasVectorSets)
        {
            _process = Process.Start(new ProcessStartInfo(
                Program, ["--bind", "127.0.0.1", "--port", port, "--requirepass", _password, "--save", "", "--appendonly", "no", "--dir", _folder])
            {
                RedirectStandardOutput = true,
            }) ?? throw new InvalidOperationException($"{Program} did not start.");
            _process.BeginOutputReadLine(); // nobody reads it, but a full pipe would stop the server
            _endWanted = false;
            _ = WatchAsync(_process);
        }
        else
        {
            // Garnet forgets what does not fit in its memory.
            string[] size = _hasVectorSets ? ["--memory", "512m", "--enable-vector-set-preview"] : ["--memory", "64m"];
            _garnet = new GarnetServer(
                ["--bind", "127.0.0.1", "--port", port, "--auth", "Password", "--password", _password, .. size],
                LoggerFactory.Create(static logging => logging.SetMinimumLevel(LogLevel.Error)));
            _garnet.Start();
        }

        await WaitForAnswerAsync(cancellationToken);
    }

    private async Task WatchAsync(Process process)
    {
        await process.WaitForExitAsync();
        if (!_endWanted && ReferenceEquals(process, _process))
        {
            _death.TrySetResult(process.ExitCode);
        }
    }

    private async Task WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process?.HasExited == true || Stopwatch.GetElapsedTime(start) > _startLimit)
            {
                throw new InvalidOperationException($"{Kind} does not answer on port {Port}.");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Whether it speaks: it answers a ping before the password with a refusal.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            await client.GetStream().WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), cancellationToken);
            byte[] answer = new byte[64];
            int read = await client.GetStream().ReadAsync(answer, cancellationToken);
            return Encoding.ASCII.GetString(answer, 0, read) is ['-' or '+', ..];
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
