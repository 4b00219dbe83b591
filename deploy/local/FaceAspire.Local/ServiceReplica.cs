using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FaceAspire.Local;

/// <summary>One process of a service on a port of its own, which it keeps when it is started again. Disposing it ends the process.</summary>
public sealed class ServiceReplica : IAsyncDisposable
{
    private const int KeptLines = 5_000;
    private const int ShownLines = 50;

    private static readonly TimeSpan _readyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _probeLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _lineLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    // What a service may take by itself: the longest request's deadline and a goodbye.
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(40);

    private readonly ProcessStartInfo _start;
    private readonly Action<string, string>? _output;
    private readonly LastLines _lines = new(KeptLines);
    private readonly TaskCompletionSource<int> _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private volatile bool _endWanted;

    internal ServiceReplica(string name, string resource, int port, ProcessStartInfo start, Action<string, string>? output)
    {
        (Name, Resource, Port, _start, _output) = (name, resource, port, start, output);
        Address = new UriBuilder(Uri.UriSchemeHttp, Manifest.ManifestResolver.Host, port).Uri;
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The resource's name, with the replica's number behind it where there are several: <c>recognition-1</c>.</summary>
    public string Name { get; }

    /// <summary>Name of the resource in the manifest.</summary>
    public string Resource { get; }

    /// <summary>Where it listens, at 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client whose base address it is.</summary>
    public HttpClient Client { get; }

    /// <summary>Whether its process runs, or is held still.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Whether it was ever started.</summary>
    public bool WasStarted => _process is not null;

    /// <summary>Id of its process.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public int ProcessId => Running.Id;

    /// <summary>Resident memory in bytes.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public long WorkingSet
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64;
        }
    }

    /// <summary>The last 5,000 lines that it wrote, in all its lives, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines.All;

    /// <summary>The last lines, for a message.</summary>
    public string Log => string.Join('\n', Lines.TakeLast(ShownLines));

    /// <summary>Comes to an end, with the exit code, when the process ends and nobody here asked it to.</summary>
    public Task<int> Death => _death.Task;

    private Process Running => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    /// <summary>Starts the process, and does not wait for anything.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public void Start()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"{Name} runs already.");
        }

        _process?.Dispose();
        var process = Process.Start(_start) ?? throw new InvalidOperationException($"{Name} did not start.");
        _process = process;
        _endWanted = false;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = WatchAsync(process);
    }

    /// <summary>Waits until <c>/health/ready</c> answers 200.</summary>
    /// <exception cref="InvalidOperationException">The process has ended; the message has its last lines.</exception>
    /// <exception cref="TimeoutException">It was not ready within a minute; the message has its last answer and lines.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (await ProbeAsync(cancellationToken) is { } answer)
        {
            if (!IsRunning)
            {
                await Running.WaitForExitAsync(cancellationToken); // its last lines
                throw new InvalidOperationException($"{Name} has ended with code {Running.ExitCode}:\n{Log}");
            }

            if (Stopwatch.GetElapsedTime(start) > _readyLimit)
            {
                throw new TimeoutException($"{Name} was not ready within {_readyLimit.TotalSeconds} s, its last answer: {answer}\n{Log}");
            }

            await Task.Delay(_pollInterval, cancellationToken);
        }
    }

    /// <summary>Waits for a line that holds a text: lines come through a pipe, a little after the answer.</summary>
    /// <returns>The first such line.</returns>
    /// <exception cref="TimeoutException">None came within ten seconds; the message has the last lines.</exception>
    public Task<string> WaitForLineAsync(string text, CancellationToken cancellationToken) =>
        WaitForLineAsync(text, line => line.Contains(text, StringComparison.Ordinal), cancellationToken);

    /// <summary>Waits for a line that matches.</summary>
    /// <inheritdoc cref="WaitForLineAsync(string, CancellationToken)"/>
    public Task<string> WaitForLineAsync(Regex pattern, CancellationToken cancellationToken) => WaitForLineAsync(pattern.ToString(), pattern.IsMatch, cancellationToken);

    /// <summary>Asks it to end as an orchestrator does (SIGTERM), and kills it after 40 seconds.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        _endWanted = true;
        ProcessSignal.Terminate(Running);
        try
        {
            await Running.WaitForExitAsync(cancellationToken).WaitAsync(_stopLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }

        return Running.ExitCode;
    }

    /// <summary>Ends it at once, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _endWanted = true;
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Kills it if it runs, starts it again on the same port and waits until it is ready.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        Start();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Holds the process still (SIGSTOP): it keeps its connections and answers nothing.</summary>
    public void Pause() => ProcessSignal.Pause(Running);

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    public void Continue() => ProcessSignal.Continue(Running);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        _process?.Dispose();
        _process = null;
    }

    private async Task<string> WaitForLineAsync(string what, Func<string, bool> isIt, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_lines.All.FirstOrDefault(isIt) is { } found)
            {
                return found;
            }

            if (Stopwatch.GetElapsedTime(start) > _lineLimit)
            {
                throw new TimeoutException($"{Name} does not say '{what}':\n{Log}");
            }

            await Task.Delay(_pollInterval, cancellationToken);
        }
    }

    /// <summary>Null when it is ready; otherwise what it answered.</summary>
    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_probeLimit);
        try
        {
            using var response = await Client.GetAsync("/health/ready", limit.Token);
            return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(limit.Token)}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "none";
        }
    }

    private async Task WatchAsync(Process process)
    {
        await process.WaitForExitAsync();
        if (!_endWanted && ReferenceEquals(process, _process))
        {
            _death.TrySetResult(process.ExitCode);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Add(line);
        _output?.Invoke(Name, line);
    }
}
