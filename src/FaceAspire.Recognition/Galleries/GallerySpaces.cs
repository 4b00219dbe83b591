using System.Collections.Concurrent;
using System.Threading.Channels;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Reembedding;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Embeds the faces of galleries again, in the background: by the default model when it is another than a gallery has, and by others that searches ask for.
/// One gallery after the other; searches go on with what is complete.</summary>
internal sealed partial class GallerySpaces(
    IFaceGallery galleries,
    FaceReembedder reembedder,
    FaceReader reader,
    RecognitionDefaults defaults,
    GalleryWork work,
    IOptions<ImageOptions> images,
    TimeProvider time,
    ILogger<GallerySpaces> logger) : IGallerySpaces
{
    private const int MaxWaiting = 16;
    private const int MaxRemembered = 1_000;

    // Keys of the spaces that were the default one since all galleries followed it, the newest last.
    private const string DefaultsNote = "default-spaces";

    private static readonly TimeSpan _firstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _logEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _askAgain = TimeSpan.FromSeconds(30);

    private readonly Channel<(string Gallery, RecognitionPlan Plan)> _waiting = Channel.CreateBounded<(string, RecognitionPlan)>(MaxWaiting);
    private readonly ConcurrentDictionary<(string Gallery, string SpaceKey), SpaceProgress> _wanted = new();

    // Galleries none of whose faces could be embedded that way, and how many they were: nobody needs to try again before there are others.
    private readonly ConcurrentDictionary<(string Gallery, string SpaceKey), int> _impossible = new();
    private string? _logged;

    /// <inheritdoc/>
    public SpaceProgress? ProgressOf(string gallery, RecognitionPlan plan) => _wanted.TryGetValue((gallery, plan.Space.Key), out var progress) ? progress : null;

    /// <inheritdoc/>
    public async Task<SpaceProgress?> RequestAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        var key = (gallery, plan.Space.Key);
        if (_wanted.TryGetValue(key, out var progress))
        {
            return progress;
        }

        if (await galleries.FindGalleryAsync(gallery, cancellationToken) is not { } entry || _impossible.GetValueOrDefault(key) == entry.Faces)
        {
            return null;
        }

        var known = entry.Spaces.FirstOrDefault(space => space.Space == plan.Space);
        if (known is null && entry.Spaces.Count >= IFaceGallery.MaxSpaces)
        {
            return null;
        }

        await Task.Run(() => reader.Load(plan.Model), cancellationToken); // a model that is not here is told now, not found out later
        progress = new(known?.Faces ?? 0, entry.Faces);
        if (_wanted.TryAdd(key, progress) && !_waiting.Writer.TryWrite((gallery, plan)))
        {
            _wanted.TryRemove(key, out _);
            throw new FaceAspireException(ErrorCode.ServiceUnavailable, "Too many galleries wait for embeddings by other models.") { RetryAfter = _askAgain };
        }

        return progress;
    }

    /// <summary>Has a gallery searched by the default model, once all its faces that can have embeddings by it; and completes its other spaces.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="follows">Whether it is to be searched so, by the key of the space that it is searched by now.</param>
    /// <param name="cancellationToken">Stops it; what was embedded is kept.</param>
    /// <exception cref="FaceAspireException">The store or a model is away.</exception>
    public Task FollowAsync(string gallery, Func<EmbeddingSpace, bool> follows, CancellationToken cancellationToken) => work.RunAsync(
        async token =>
        {
            if (await galleries.FindGalleryAsync(gallery, token) is { ActiveSpace: { } active } && active != defaults.GalleryPlan.Space && follows(active))
            {
                await SwitchAsync(gallery, active, token);
            }

            var entry = await galleries.FindGalleryAsync(gallery, token);
            foreach (var space in entry?.Spaces.Where(space => space.IsComplete && space.Faces < entry.Faces) ?? [])
            {
                if (defaults.TryPlan(space.Space) is { } plan)
                {
                    await FillAsync(gallery, plan, token);
                }
            }

            return true;
        },
        cancellationToken);

    /// <summary>Does it until the service stops; what was embedded is kept.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        bool isFollowed = false;
        for (var retry = _firstRetry; ; retry = TimeSpan.FromTicks(Math.Min(2 * retry.Ticks, _longestRetry.Ticks)))
        {
            isFollowed = isFollowed || await TryAsync(FollowAllAsync, stoppingToken);
            using var limit = new CancellationTokenSource(isFollowed ? Timeout.InfiniteTimeSpan : retry, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
            await RunWaitingAsync(either.Token, stoppingToken);
        }
    }

    /// <summary>Does what was asked for, until the limit is over.</summary>
    private async Task RunWaitingAsync(CancellationToken limit, CancellationToken stoppingToken)
    {
        while (true)
        {
            (string Gallery, RecognitionPlan Plan) next;
            try
            {
                next = await _waiting.Reader.ReadAsync(limit);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                return;
            }

            var key = (next.Gallery, next.Plan.Space.Key);
            await TryAsync(token => work.RunAsync(turn => CompleteAsync(next.Gallery, next.Plan, turn), token), stoppingToken);
            _wanted.TryRemove(key, out _);
        }
    }

    /// <summary>Galleries that had a default model get the new one. Others were given their model by whoever enrolled the first face, and keep it while it is here.
    /// That of the folder of faces follows when the folder has been read.</summary>
    private async Task FollowAllAsync(CancellationToken cancellationToken)
    {
        string[] before = (await galleries.ReadNoteAsync(DefaultsNote, cancellationToken))?.Split('\n') ?? [];
        string now = defaults.GalleryPlan.Space.Key;
        if (before is not [.., var last] || last != now)
        {
            await galleries.WriteNoteAsync(DefaultsNote, string.Join('\n', [.. before.Where(key => key != now), now]), cancellationToken);
        }

        foreach (var gallery in await galleries.ListGalleriesAsync(cancellationToken))
        {
            if (gallery.Name != GalleryNames.Default || string.IsNullOrEmpty(images.Value.FacesDbPath))
            {
                await FollowAsync(gallery.Name, active => before.Contains(active.Key) || defaults.TryPlan(active) is null, cancellationToken);
            }
        }

        if (before is not [var only] || only != now)
        {
            await galleries.WriteNoteAsync(DefaultsNote, now, cancellationToken);
        }
    }

    /// <summary>Does something that may fail without ending the process; false when it did.</summary>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        try
        {
            await step(stoppingToken);
            _logged = null;
            return true;
        }
        catch (FaceAspireException exception)
        {
            if (exception.Message != _logged)
            {
                LogNotEmbedded(exception.Message);
                _logged = exception.Message;
            }

            return false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(exception);
            return false;
        }
    }

    private async Task SwitchAsync(string gallery, EmbeddingSpace old, CancellationToken cancellationToken)
    {
        var plan = defaults.GalleryPlan;
        LogSwitching(gallery, old.Key, plan.Space.Key);
        if (await galleries.FindGalleryAsync(gallery, cancellationToken) is { Spaces: { Count: >= IFaceGallery.MaxSpaces } spaces } && spaces.All(space => space.Space != plan.Space))
        {
            await galleries.DeleteSpaceAsync(gallery, spaces.Last(static space => !space.IsActive).Space, cancellationToken); // one that a search asked for gives way
        }

        var result = await FillAsync(gallery, plan, cancellationToken);
        var entry = await galleries.FindGalleryAsync(gallery, cancellationToken);
        if (entry?.Spaces.FirstOrDefault(space => space.Space == plan.Space) is not { Faces: > 0 })
        {
            LogStays(gallery, old.Key);
            return;
        }

        await galleries.CompleteSpaceAsync(gallery, plan.Space, activate: true, cancellationToken);

        // Faces may have come since by the old embeddings alone; the store keeps these while they are the only ones of a face.
        result = await FillAsync(gallery, plan, cancellationToken);
        if (!await galleries.DeleteSpaceAsync(gallery, old, cancellationToken))
        {
            LogKept(result.Impossible, gallery, old.Key);
        }

        LogSwitched(gallery, plan.Space.Key);
    }

    private async Task<bool> CompleteAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        var result = await FillAsync(gallery, plan, cancellationToken);
        if (result is { Embedded: 0, Impossible: > 0 } && !await galleries.CompleteSpaceAsync(gallery, plan.Space, activate: false, cancellationToken))
        {
            if (_impossible.Count >= MaxRemembered)
            {
                _impossible.Clear();
            }

            _impossible[(gallery, plan.Space.Key)] = result.Impossible;
        }

        LogComplete(gallery, plan.Space.Key, result.Embedded, result.Impossible);
        return await galleries.CompleteSpaceAsync(gallery, plan.Space, activate: false, cancellationToken);
    }

    private Task<ReembeddingProgress> FillAsync(string gallery, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        long logged = time.GetTimestamp();
        var key = (gallery, plan.Space.Key);
        return reembedder.FillAsync(
            gallery,
            plan,
            new Step(now =>
            {
                if (_wanted.TryGetValue(key, out var before))
                {
                    _wanted.TryUpdate(key, new(before.Total - now.Missing + now.Embedded, before.Total), before);
                }

                if (time.GetElapsedTime(logged) >= _logEvery)
                {
                    logged = time.GetTimestamp();
                    LogProgress(gallery, plan.Space.Key, now.Embedded, now.Missing);
                }
            }),
            cancellationToken);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Gallery {Gallery}: embedding again, from {Old} to {New}")]
    private partial void LogSwitching(string gallery, string old, string @new);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Gallery {Gallery}, {Space}: {Embedded} of {Missing} faces embedded")]
    private partial void LogProgress(string gallery, string space, int embedded, int missing);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Gallery {Gallery}: searched by {Space} from now on")]
    private partial void LogSwitched(string gallery, string space);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "{Count} faces of gallery {Gallery} have no picture to embed again; they are found by {Old} only, which is kept")]
    private partial void LogKept(int count, string gallery, string old);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "Gallery {Gallery}: no face has a picture to embed again; it is still searched by {Old}")]
    private partial void LogStays(string gallery, string old);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Gallery {Gallery}: can be searched by {Space} too; {Embedded} faces embedded, {Impossible} have no picture for it")]
    private partial void LogComplete(string gallery, string space, int embedded, int impossible);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Galleries are not embedded again: {Reason}")]
    private partial void LogNotEmbedded(string reason);

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "Galleries could not be embedded again")]
    private partial void LogFailed(Exception exception);

    private sealed class Step(Action<ReembeddingProgress> told) : IProgress<ReembeddingProgress>
    {
        public void Report(ReembeddingProgress value) => told(value);
    }
}
