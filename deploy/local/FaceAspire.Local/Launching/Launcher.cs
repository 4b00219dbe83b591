using System.Diagnostics;
using System.Globalization;
using FaceAspire.Local.Manifest;

namespace FaceAspire.Local.Launching;

/// <summary>Runs a set for a person: says where everything listens as it becomes ready, and stops it all when asked to or when a part of it ends.</summary>
internal sealed class Launcher(TextWriter output)
{
    /// <summary>Width of the column of names.</summary>
    public const int NameWidth = 14;

    // Ctrl-C reaches every process of the terminal at once: who ends this shortly before the wish to stop arrives has followed it.
    private static readonly TimeSpan _wishLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until the token says stop.</summary>
    /// <returns>0 when it was asked to stop, 1 when something did not start or ended by itself.</returns>
    public async Task<int> RunAsync(AspireManifest manifest, DistributedSetOptions options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await using var set = await DistributedSet.StartAsync(manifest, options, cancellationToken);
            string? failure = await WatchAsync(set, start, cancellationToken);
            await output.WriteLineAsync(failure is null ? "stopping" : $"{failure} Stopping the rest.");
            await set.StopAsync(CancellationToken.None);
            await output.WriteLineAsync("stopped");
            return failure is null ? 0 : 1;
        }
        catch (InvalidOperationException exception)
        {
            await output.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Null when the set was asked to stop, otherwise what went wrong.</summary>
    private async Task<string?> WatchAsync(DistributedSet set, long start, CancellationToken cancellationToken)
    {
        Announce(CacheServer.Kind, $"127.0.0.1:{set.Cache.Port.ToString(CultureInfo.InvariantCulture)}", set.Cache.ProcessId ?? Environment.ProcessId, start);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var death = set.WaitForDeathAsync(rest.Token);
        try
        {
            var ready = Task.WhenAll(set.Services.Select(async service =>
            {
                await service.WaitUntilReadyAsync(rest.Token);
                Announce(service.Name, service.Address.GetLeftPart(UriPartial.Authority), service.ProcessId, start);
            }));
            if (await Task.WhenAny(ready, death) == ready)
            {
                await ready;
                await output.WriteLineAsync("All is ready; Ctrl-C stops it.");
            }

            string failure = await death;
            await Task.Delay(_wishLimit, cancellationToken);
            return failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            return exception.Message.Split('\n')[0]; // the lines of the log behind it have been shown
        }
        finally
        {
            await rest.CancelAsync();
        }
    }

    private void Announce(string name, string address, int process, long start) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-NameWidth} listens at {address,-23} process {process,-8} ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
}
