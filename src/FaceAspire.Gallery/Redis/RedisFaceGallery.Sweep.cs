using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Gallery.Redis;

public sealed partial class RedisFaceGallery
{
    // Longer than a request waits: a gallery of a million faces is not wiped at once. What is left is left to the sweeps.
    private static readonly TimeSpan _finishLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan _sweepEvery = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, LookedAfter> _lookedAfter = new(StringComparer.Ordinal);
    private Task _sweeping = Task.CompletedTask;

    /// <summary>Begins to see to what changes that were cut short have left undone, by this process or others.</summary>
    private void StartSweeping() => _sweeping = Task.Run(SweepAsync);

    private async Task SweepAsync()
    {
        try
        {
            using PeriodicTimer timer = new(_sweepEvery, _time);
            do
            {
                try
                {
                    await SweepOnceAsync(_ending.Token);
                }
                catch (Exception failure)
                {
                    // Nobody waits for it; the next sweep, or that of another process, tries again.
                    if (!_ending.IsCancellationRequested)
                    {
                        LogNotSwept(failure);
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(_ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        catch (ObjectDisposedException)
        {
            // The end, of which the connection heard first.
        }
    }

    private async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        foreach (string gallery in (await _link.AskAsync(database.SetMembersAsync(GalleryKeys.Galleries), cancellationToken)).Select(static name => (string)name!))
        {
            var state = await StateOfAsync(gallery, cancellationToken);
            if (state is null)
            {
                await RemoveRestAsync(gallery, cancellationToken);
                _lookedAfter.TryRemove(gallery, out _);
                continue;
            }

            GalleryKeys keys = new(gallery, state.Generation);
            await WipeRemainsAsync(gallery, cancellationToken);
            if (state.RemovedSpaces.Count > 0)
            {
                await WipeSpacesAsync(gallery, keys, state, cancellationToken);
            }

            if (await _link.HasVectorSetsAsync(cancellationToken))
            {
                while (await LookAfterAsync(gallery, keys, cancellationToken))
                {
                    // Some at a time.
                }
            }
        }
    }

    /// <summary>Does what follows a change that is made. It stays made whatever becomes of this, so nothing of it fails or ends early for the caller.</summary>
    private async Task FinishAsync(string gallery, Func<CancellationToken, Task> work)
    {
        using CancellationTokenSource limit = new(_finishLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            await work(either.Token);
        }
        catch (Exception failure)
        {
            LogLeftUndone(failure, gallery);
        }
    }

    /// <summary>Removes what is left of a gallery that is gone, and its name at last: those in the list are swept.</summary>
    private async Task RemoveRestAsync(string gallery, CancellationToken cancellationToken)
    {
        await WipeRemainsAsync(gallery, cancellationToken);
        var database = await _link.OpenAsync(cancellationToken);
        await _link.AskAsync(database.SetRemoveAsync(GalleryKeys.Galleries, gallery), cancellationToken);
        if (await StateOfAsync(gallery, cancellationToken) is not null)
        {
            await _link.AskAsync(database.SetAddAsync(GalleryKeys.Galleries, gallery), cancellationToken); // made again meanwhile
        }
    }

    /// <summary>Now and then sees to some of the marks that were left behind in a gallery with vector sets; whether there may be more.</summary>
    private async Task<bool> LookAfterAsync(string gallery, GalleryKeys keys, CancellationToken cancellationToken)
    {
        var looked = _lookedAfter.GetOrAdd(gallery, static _ => new());
        await looked.Turn.WaitAsync(cancellationToken);
        try
        {
            if (looked.At is { } last && _time.GetElapsedTime(last) < _lookAfterEvery)
            {
                return false;
            }

            bool isMoreLeft = await _sets.SettleLeftAsync(gallery, keys, cancellationToken);
            looked.At = isMoreLeft ? null : _time.GetTimestamp();
            return isMoreLeft;
        }
        finally
        {
            looked.Turn.Release();
        }
    }

    [LoggerMessage(EventId = 11, Level = LogLevel.Warning, Message = "Gallery {Gallery}: a change is made, but what follows it is not; it is done later")]
    private partial void LogLeftUndone(Exception failure, string gallery);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "What was left undone in galleries could not be done now; tried again later")]
    private partial void LogNotSwept(Exception failure);

    /// <summary>When a gallery's marks were last seen to, by one at a time.</summary>
    private sealed class LookedAfter
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public long? At { get; set; }
    }
}
