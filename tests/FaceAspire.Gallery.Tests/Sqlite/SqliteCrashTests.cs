using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Enroller;

namespace FaceAspire.Gallery.Tests.Sqlite;

/// <summary>A process that enrols is killed at moments that nobody chose: nothing that it has acknowledged is lost, and the folder opens.</summary>
public sealed class SqliteCrashTests : IDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);

    private readonly OpenedGallery _gallery = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _gallery.Dispose();

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingAcknowledged()
    {
        Random random = new(77);
        Dictionary<long, int> acknowledged = [];
        HashSet<long> deleted = [], inDoubt = [];
        List<int> deletedSeeds = [];
        for (int round = 0; round < 8; round++)
        {
            var lines = await RunAndKillAsync(seed: round, firstFace: 1_000_000 * (round + 1), TimeSpan.FromMilliseconds(random.Next(20, 1_200)));
            foreach (string[] words in lines.Select(static line => line.Split(' ')))
            {
                long face = long.Parse(words[1], CultureInfo.InvariantCulture);
                switch (words[0])
                {
                    case "+":
                        acknowledged.Add(face, int.Parse(words[2], CultureInfo.InvariantCulture)); // throws for an id that was used before
                        break;
                    case "?":
                        inDoubt.Add(face);
                        break;
                    default:
                        inDoubt.Remove(face);
                        deleted.Add(face);
                        acknowledged.Remove(face, out int seed);
                        deletedSeeds.Add(seed);
                        break;
                }
            }

            if (round == 3)
            {
                Directory.Delete(_gallery.Segments, recursive: true); // as if the disk had lost them with the process
            }

            await VerifyAsync(round, acknowledged, deleted, inDoubt);
            _gallery.Close();
        }

        acknowledged.Count.ShouldBeGreaterThan(50, "the processes were killed before they did anything");
        deletedSeeds.Count.ShouldBePositive();
        _gallery.With(deletedSeeds.Select(static seed => MemoryMarshal.AsBytes(SeededFaces.Vector(seed).Values.Span)[^24..].ToArray())).ShouldBeEmpty("of a deleted face something is left");
        _gallery.With([MemoryMarshal.AsBytes(SeededFaces.Vector(acknowledged.Values.First()).Values.Span)[^24..].ToArray()]).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task SecondProcess_FolderIsOpen_IsRefused()
    {
        _gallery.Store.Open();
        using var process = Start(seed: 1, firstFace: 1);
        string errors = await process.StandardError.ReadToEndAsync(Token).WaitAsync(_startLimit, Token);
        await process.WaitForExitAsync(Token).WaitAsync(_startLimit, Token);
        process.ExitCode.ShouldNotBe(0);
        errors.ShouldContain("is used by another process");
    }

    private async Task VerifyAsync(int round, Dictionary<long, int> acknowledged, HashSet<long> deleted, HashSet<long> inDoubt)
    {
        var store = _gallery.Store;
        var stored = await store.StreamAsync(SeededFaces.Gallery, SeededFaces.Space, Token).ToListAsync(Token);
        var byId = stored.ToDictionary(static face => face.Face.Id);
        foreach (var (face, seed) in acknowledged)
        {
            if (!byId.TryGetValue(face, out var found))
            {
                inDoubt.ShouldContain(face, $"round {round}: acknowledged face {face} is lost");
                continue;
            }

            found.Face.ContentHash.ShouldBe(SeededFaces.Enrolment(seed).ContentHash, $"round {round}");
            found.Embedding.ShouldNotBeNull().Values.Span.SequenceEqual(SeededFaces.Vector(seed).Values.Span).ShouldBeTrue($"round {round}: vector of {face}");
            (await store.ReadThumbnailAsync(SeededFaces.Gallery, face, Token)).ShouldNotBeNull().Span.SequenceEqual(SeededFaces.Enrolment(seed).Thumbnail!.Value.Span).ShouldBeTrue();
        }

        byId.Keys.Intersect(deleted).ShouldBeEmpty($"round {round}: deleted faces are back");
        if (stored.Count > 0)
        {
            var entry = (await store.FindGalleryAsync(SeededFaces.Gallery, Token)).ShouldNotBeNull();
            (entry.Faces, entry.Spaces[0].Faces).ShouldBe((stored.Count, stored.Count));

            // The index has exactly the faces of the database.
            foreach (var face in stored)
            {
                var nearest = (await store.SearchAsync(SeededFaces.Gallery, SeededFaces.Space, [face.Embedding!.Value], new(DistanceMetric.Euclidean, 1), Token))[0];
                nearest.ShouldHaveSingleItem().ShouldSatisfyAllConditions(match => match.Face.Id.ShouldBe(face.Face.Id), static match => match.Distance.ShouldBe(0));
            }

            var all = (await store.SearchAsync(SeededFaces.Gallery, SeededFaces.Space, [SeededFaces.Vector(1)], new(DistanceMetric.Cosine, 1_000_000), Token))[0];
            all.Select(static match => match.Face.Id).Order().SequenceEqual(byId.Keys.Order()).ShouldBeTrue($"round {round}");
        }
    }

    private async Task<List<string>> RunAndKillAsync(int seed, int firstFace, TimeSpan delay)
    {
        using var process = Start(seed, firstFace);
        try
        {
            (await process.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(_startLimit, Token)).ShouldBe("ready");
            var output = process.StandardOutput.ReadToEndAsync(Token); // read while it runs: a full pipe would stop it
            await Task.Delay(delay, Token);
            process.Kill();
            string text = await output;

            // The last line may be half a line.
            return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(_startLimit, CancellationToken.None);
        }
    }

    private Process Start(int seed, int firstFace)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "FaceAspire.Gallery.Enroller.dll"), _gallery.Folder,
            seed.ToString(CultureInfo.InvariantCulture), firstFace.ToString(CultureInfo.InvariantCulture),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("dotnet did not start.");
    }
}
