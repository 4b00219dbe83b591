using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Gallery.Folders;

/// <summary>One run of a <see cref="FolderSync"/>: reads what is new or changed, then settles which faces belong to which files.</summary>
internal sealed class FolderRun(IFaceGallery store, FaceReader reader, string gallery, RecognitionPlan plan, int maxImageBytes, FolderReport report)
{
    private const int BatchFiles = 64;
    private const int BatchFaces = 256;

    // What is found becomes searchable, and outlives the process, this soon.
    private static readonly TimeSpan _batchTime = TimeSpan.FromSeconds(2);

    // Enough that no core waits for the disk; every one of them holds a picture in memory.
    private static readonly int _ahead = Environment.ProcessorCount + 2;

    private readonly string _spaceKey = plan.Space.Key;
    private readonly Dictionary<string, FolderFile> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private readonly List<(FolderEntry Entry, string ContentHash)> _sameContent = [];
    private readonly List<Outcome> _batch = [];
    private readonly FolderOwners _owners = new(store, gallery, plan.Space, report);
    private long _batchStart = Stopwatch.GetTimestamp();

    /// <summary>Does it.</summary>
    /// <param name="scan">What is in the folder.</param>
    /// <param name="isFirst">Whether faces are looked for whose files were never noted: the process ended in between, once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False when the folder has nothing in it though it had.</returns>
    public async Task<bool> RunAsync(FolderScan scan, bool isFirst, CancellationToken cancellationToken)
    {
        await store.CreateGalleryAsync(gallery, cancellationToken);
        await foreach (var state in store.ListFilesAsync(gallery, cancellationToken))
        {
            _states[state.Path] = state;
            if (state.ContentHash is { } hash && state.SpaceKey == _spaceKey && (state.Faces > 0 || state.Problem is not null))
            {
                _known[hash] = state.Faces > 0 ? null : state.Problem;
            }
        }

        if (scan.IsEmpty && _states.Count > 0)
        {
            return false;
        }

        var changed = Compare(scan);
        var vanished = Vanished(scan);
        if (isFirst)
        {
            await FindUnnotedAsync(cancellationToken);
        }

        // A file that was renamed has kept its size: whatever has no such successor goes at once, not after hours of reading.
        var sizes = changed.Select(static entry => entry.Size).ToHashSet();
        await ForgetAsync([.. vanished.Where(state => !sizes.Contains(state.Size))], cancellationToken);
        await NoteAsync([.. scan.Unlisted.Select(folder => new FolderFile(folder, 0, DateTimeOffset.UnixEpoch, null, 0, "the folder cannot be listed", _spaceKey))], [], cancellationToken);
        await ReadAsync(changed, cancellationToken);
        await SettleAsync(cancellationToken);
        await ForgetAsync([.. vanished.Where(state => sizes.Contains(state.Size))], cancellationToken);
        return true;
    }

    /// <summary>The files that are not as they were noted. The others have the faces that they had.</summary>
    private List<FolderEntry> Compare(FolderScan scan)
    {
        List<FolderEntry> changed = [];
        List<FolderFile> problems = [];
        foreach (var entry in scan.Files)
        {
            if (_states.TryGetValue(entry.Path, out var state) && state.ContentHash is { } hash && state.SpaceKey == _spaceKey && entry.IsAsIn(state))
            {
                _owners.Add(hash, entry.Path, entry.Subject);
                if (state.Problem is not null)
                {
                    problems.Add(state);
                }
            }
            else
            {
                changed.Add(entry);
            }
        }

        report.Update(now => now with { Files = scan.Files.Count, ToRead = changed.Count });
        report.AddProblems(problems);
        return changed;
    }

    /// <summary>The files that are no longer there. One in a folder that cannot be listed may be, and counts as such.</summary>
    private List<FolderFile> Vanished(FolderScan scan)
    {
        var present = scan.Files.Select(static entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        List<FolderFile> vanished = [];
        foreach (var state in _states.Values)
        {
            if (present.Contains(state.Path))
            {
                continue;
            }

            if (!scan.IsUnknown(state.Path))
            {
                vanished.Add(state);
            }
            else if (state.ContentHash is { } hash)
            {
                _owners.AddUnknown(hash, state.Path);
            }
        }

        vanished.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return vanished;
    }

    private async Task FindUnnotedAsync(CancellationToken cancellationToken)
    {
        await foreach (var (face, _) in store.StreamAsync(gallery, space: null, cancellationToken))
        {
            if (face.Source is { } source && !_states.ContainsKey(source))
            {
                _owners.Doubt(face.ContentHash);
            }
        }
    }

    private async Task ForgetAsync(IReadOnlyList<FolderFile> files, CancellationToken cancellationToken)
    {
        foreach (var some in files.Chunk(BatchFiles))
        {
            foreach (string hash in some.Select(static file => file.ContentHash).OfType<string>().Distinct())
            {
                await _owners.SettleAsync(hash, cancellationToken);
            }

            await store.RemoveFilesAsync(gallery, [.. some.Select(static file => file.Path)], cancellationToken);
        }
    }

    /// <summary>Reads files, a few ahead, and embeds what is new, in the order of the files whatever is ready first.</summary>
    private async Task ReadAsync(IReadOnlyList<FolderEntry> entries, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new Queue<Task<FolderPicture?>>();
        var embedding = new Queue<Task<Outcome>>();
        try
        {
            foreach (var entry in entries)
            {
                reading.Enqueue(Task.Run(() => FolderPicture.ReadAsync(entry, maxImageBytes, stop.Token), stop.Token));
                if (reading.Count >= _ahead)
                {
                    await NextReadAsync();
                }
            }

            while (reading.Count > 0)
            {
                await NextReadAsync();
            }

            while (embedding.Count > 0)
            {
                await NextEmbeddedAsync();
            }

            await FlushAsync(cancellationToken);
        }
        catch
        {
            // Nobody uses the pictures' memory or the models after the run has ended.
            await stop.CancelAsync();
            await Task.WhenAll([.. reading, .. embedding]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var picture in reading.Where(static task => task.IsCompletedSuccessfully))
            {
                picture.Result?.Dispose();
            }

            throw;
        }

        async Task NextReadAsync()
        {
            var picture = await reading.Dequeue();
            report.Update(static now => now with { Read = now.Read + 1 });
            if (picture is not null && await SortAsync(picture, cancellationToken))
            {
                embedding.Enqueue(EmbedAsync(picture, stop.Token));
                if (embedding.Count >= _ahead)
                {
                    await NextEmbeddedAsync();
                }
            }
        }

        async Task NextEmbeddedAsync() => await AddAsync(await embedding.Dequeue(), cancellationToken);
    }

    /// <summary>Decides what becomes of a file; true when it is to be embedded, else it is disposed.</summary>
    private async Task<bool> SortAsync(FolderPicture picture, CancellationToken cancellationToken)
    {
        var entry = picture.Entry;
        if (picture.ContentHash is { } hash && !_known.ContainsKey(hash) && _claimed.Add(hash))
        {
            return true;
        }

        using (picture)
        {
            if (picture.ContentHash is { } same)
            {
                DoubtFormer(entry, same);
                _sameContent.Add((entry, same));
                _owners.Add(same, entry.Path, entry.Subject, isNew: true);
            }
            else if (picture.IsUnreadable && _states.TryGetValue(entry.Path, out var former) && former.ContentHash is { } formerHash)
            {
                // What it had it keeps until somebody can say what is in it now.
                _owners.Add(formerHash, entry.Path, entry.Subject);
                await AddAsync(new(entry, formerHash, [], picture.Problem, former with { Problem = picture.Problem }), cancellationToken);
            }
            else
            {
                DoubtFormer(entry, contentHash: null);
                await AddAsync(new(entry, null, [], picture.Problem), cancellationToken);
            }
        }

        return false;
    }

    private async Task<Outcome> EmbedAsync(FolderPicture picture, CancellationToken cancellationToken)
    {
        using (picture)
        {
            try
            {
                return new(picture.Entry, picture.ContentHash, await reader.ReadAsync(picture.Bytes, plan, cancellationToken), Problem: null);
            }
            catch (FaceAspireException exception) when (exception.IsAboutThePicture())
            {
                return new(picture.Entry, picture.ContentHash, [], exception.Code == ErrorCode.NoFaceDetected ? "no face was found" : exception.Message);
            }
            catch (FaceAspireException exception) when (exception.Code == ErrorCode.InferenceError)
            {
                return new(picture.Entry, ContentHash: null, [], exception.Message); // without a hash it is tried again next time
            }
        }
    }

    private async Task AddAsync(Outcome outcome, CancellationToken cancellationToken)
    {
        _batch.Add(outcome);
        if (_batch.Count >= BatchFiles || _batch.Sum(static one => one.Faces.Count) >= BatchFaces || Stopwatch.GetElapsedTime(_batchStart) >= _batchTime)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Keeps what was found. The faces first: a file is noted when there is nothing left to do for it.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        List<FaceEnrolment> enrolments = [];
        List<(long, Vision.Recognition.Embedding)> additions = [];
        foreach (var outcome in _batch.Where(static outcome => outcome.Faces.Count > 0))
        {
            Match(outcome, await store.FindFacesOfAsync(gallery, outcome.ContentHash!, cancellationToken), enrolments, additions);
        }

        int created = enrolments.Count == 0 ? 0 : (await store.EnrolAsync(gallery, enrolments, cancellationToken)).Count(static result => result.Created);
        if (additions.Count > 0)
        {
            await store.AddEmbeddingsAsync(gallery, plan.Space, additions, cancellationToken);
        }

        List<FolderFile> noted = [];
        List<string> noPictures = [];
        foreach (var outcome in _batch)
        {
            var entry = outcome.Entry;
            if (outcome.ContentHash is { } hash && outcome.Kept is null)
            {
                DoubtFormer(entry, hash);
                _owners.Add(hash, entry.Path, entry.Subject);
                _known[hash] = outcome.Problem;
            }

            if (outcome is { Faces.Count: 0, Problem: null })
            {
                noPictures.Add(entry.Path);
            }
            else
            {
                noted.Add(outcome.Kept ?? new(entry.Path, entry.Size, entry.ModifiedAt, outcome.ContentHash, outcome.Faces.Count, outcome.Problem, _spaceKey));
            }
        }

        await NoteAsync(noted, [.. noPictures.Where(_states.ContainsKey)], cancellationToken);
        report.Update(now => now with
        {
            Embedded = now.Embedded + _batch.Count(static outcome => outcome.Faces.Count > 0),
            Enrolled = now.Enrolled + created,
        });
        _batch.Clear();
        _batchStart = Stopwatch.GetTimestamp();
    }

    /// <summary>Finds the faces of a picture among those that the gallery has of it: another detector may find them in another order, or others.</summary>
    private void Match(Outcome outcome, IReadOnlyList<EnrolledFace> kept, List<FaceEnrolment> enrolments, List<(long, Vision.Recognition.Embedding)> additions)
    {
        var entry = outcome.Entry;
        var candidates = kept.Where(face => face.Subject == entry.Subject || face.Source == entry.Path).ToList();
        var taken = candidates.Select(static face => face.FaceIndex).ToHashSet();
        for (int i = 0; i < outcome.Faces.Count; i++)
        {
            var (area, confidence, embedding, thumbnail) = outcome.Faces[i];
            if (candidates.Where(face => SameFace.IsSame(face.Area, area)).MaxBy(face => SameFace.Overlap(face.Area, area)) is { } match)
            {
                candidates.Remove(match);
                additions.Add((match.Id, embedding));
                continue;
            }

            int index = i;
            while (!taken.Add(index))
            {
                index++;
            }

            enrolments.Add(new(entry.Subject, outcome.ContentHash!, index, area, confidence, entry.Path, thumbnail, [new(plan.Space, embedding)]));
        }
    }

    /// <summary>Gives files whose content is that of others their faces, and takes from files what they no longer show.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        _sameContent.ForEach(one => _owners.Doubt(one.ContentHash));
        foreach (string hash in _owners.TakeDoubtful())
        {
            await _owners.SettleAsync(hash, cancellationToken);
        }

        await _owners.CopyAsync(cancellationToken);
        foreach (var some in _sameContent.Chunk(BatchFiles))
        {
            List<FolderFile> noted = [];
            foreach (var (entry, hash) in some)
            {
                bool isKnown = _known.TryGetValue(hash, out string? problem);
                int faces = isKnown && problem is null ? await _owners.CountAsync(hash, entry, cancellationToken) : 0;
                noted.Add(new(entry.Path, entry.Size, entry.ModifiedAt, isKnown ? hash : null, faces, isKnown ? problem : "the network failed on it", _spaceKey));
            }

            await NoteAsync(noted, [], cancellationToken);
        }
    }

    private async Task NoteAsync(List<FolderFile> noted, IReadOnlyList<string> forgotten, CancellationToken cancellationToken)
    {
        if (noted.Count > 0)
        {
            await store.PutFilesAsync(gallery, noted, cancellationToken);
        }

        if (forgotten.Count > 0)
        {
            await store.RemoveFilesAsync(gallery, forgotten, cancellationToken);
        }

        report.AddProblems(noted);
    }

    /// <summary>Has the faces looked at, at the end, that a file had before it changed.</summary>
    private void DoubtFormer(FolderEntry entry, string? contentHash)
    {
        if (_states.TryGetValue(entry.Path, out var former) && former.ContentHash is { } hash && hash != contentHash)
        {
            _owners.Doubt(hash);
        }
    }

    /// <summary>What became of a file.</summary>
    /// <param name="Entry">The file.</param>
    /// <param name="ContentHash">Of its content.</param>
    /// <param name="Faces">What was found in it.</param>
    /// <param name="Problem">Why there are none; null also for what is no picture.</param>
    /// <param name="Kept">What stays noted of it; null to note what was found.</param>
    private sealed record Outcome(FolderEntry Entry, string? ContentHash, IReadOnlyList<ReadFace> Faces, string? Problem, FolderFile? Kept = null);
}
