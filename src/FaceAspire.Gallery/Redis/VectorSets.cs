using System.Globalization;
using System.Numerics.Tensors;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>The vector sets of galleries: one for each space, with vectors of length 1 by id of the face. They are where candidates are looked for, never what is answered:
/// what counts is in the faces' hashes.</summary>
/// <remarks><para>VADD and VREM are not part of the transactions that change a gallery: Garnet 2.2.8 hangs, and everybody with it, on a VADD between MULTI and EXEC, and
/// Redis would hold everybody up for as long as it links the vectors. So a transaction leaves marks of the faces that it touched, a change has ended when their
/// vectors are in their sets and the marks are gone, and marks that are left by one who died are seen to by whoever comes next.</para>
/// <para>NOQUANT, EF and FILTER mean the same to Redis 8 and to Garnet. Scores do not (a similarity in Redis, a squared distance in Garnet), so none are asked for.</para></remarks>
internal sealed class VectorSets(GalleryLink link, TimeProvider time)
{
    private const int Together = 16; // each takes the server about a millisecond
    private const int MarksTogether = 256;

    // Of links searched while a vector is added and while one is looked for. 200 and 10 (Redis: COUNT) are the defaults.
    private const string AddEffort = "400";
    private const int SearchEffort = 500;

    /// <summary>A mark that is older was left behind.</summary>
    private static readonly TimeSpan _markLimit = TimeSpan.FromSeconds(30);

    /// <summary>A vector of length 1 in the same direction; null of one without direction.</summary>
    public static byte[]? Unit(ReadOnlySpan<float> vector)
    {
        double[] wide = new double[vector.Length];
        TensorPrimitives.ConvertChecked(vector, wide);
        double norm = TensorPrimitives.Norm<double>(wide);
        if (norm == 0)
        {
            return null;
        }

        TensorPrimitives.Divide(wide, norm, wide);
        float[] unit = new float[vector.Length];
        TensorPrimitives.ConvertTruncating<double, float>(wide, unit);
        return VectorBytes.Of(unit);
    }

    /// <summary>Ids of faces near to a probe, as many as asked for where there are so many.</summary>
    /// <param name="keys">The gallery's keys.</param>
    /// <param name="space">Number of the space.</param>
    /// <param name="probe">What <see cref="Unit"/> gives.</param>
    /// <param name="count">How many.</param>
    /// <param name="subjects">Only faces of these; null for all. A server may find fewer than there are.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<long[]> SearchAsync(GalleryKeys keys, int space, byte[] probe, int count, IReadOnlyCollection<long>? subjects, CancellationToken cancellationToken)
    {
        var database = await link.OpenAsync(cancellationToken);
        List<object> arguments =
        [
            keys.Vectors(space), "FP32", probe, "COUNT", Text(count), "EF", Text(Math.Max(SearchEffort, count)),
        ];
        if (subjects is not null)
        {
            arguments.AddRange(["FILTER", $".subject in [{string.Join(',', subjects)}]"]);
        }

        var found = await link.AskAsync(database.ExecuteAsync("VSIM", arguments), cancellationToken);
        return found.IsNull ? [] : [.. ((RedisValue[])found!).Select(static face => (long)face)];
    }

    /// <summary>Brings the sets in line with faces that were touched, and removes the marks.</summary>
    public async Task SettleAsync(string gallery, GalleryKeys keys, IReadOnlyList<(long Face, RedisValue Mark)> marks, CancellationToken cancellationToken)
    {
        var database = await link.OpenAsync(cancellationToken);
        foreach (var page in marks.Chunk(MarksTogether))
        {
            var left = page;
            while (left.Length > 0)
            {
                if (!await TryWriteAsync(database, gallery, keys, [.. left.Select(static mark => mark.Face).Distinct()], cancellationToken))
                {
                    await link.AskAsync(database.KeyDeleteAsync(keys.Unsettled), cancellationToken);
                    return;
                }

                // Where the mark is gone somebody else has done the same, and perhaps before the face was changed again: what is here written last may be old.
                bool[] removed = await link.AskAllAsync(left.Select(mark => database.SortedSetRemoveAsync(keys.Unsettled, mark.Mark)), cancellationToken);
                left = [.. left.Where((_, i) => !removed[i])];
                if (left.Length > 0)
                {
                    left = [.. left.Select((mark, i) => (mark.Face, (RedisValue)$"{mark.Mark}+"))];
                    double now = time.GetUtcNow().ToUnixTimeMilliseconds();
                    await link.AskAsync(database.SortedSetAddAsync(keys.Unsettled, [.. left.Select(mark => new SortedSetEntry(mark.Mark, now))]), cancellationToken);
                }
            }
        }
    }

    /// <summary>Sees to marks that were left behind, some at a time; whether there may be more.</summary>
    public async Task<bool> SettleLeftAsync(string gallery, GalleryKeys keys, CancellationToken cancellationToken)
    {
        var database = await link.OpenAsync(cancellationToken);
        double limit = (time.GetUtcNow() - _markLimit).ToUnixTimeMilliseconds();
        var left = await link.AskAsync(database.SortedSetRangeByScoreAsync(keys.Unsettled, stop: limit, take: MarksTogether), cancellationToken);
        if (left.Length > 0)
        {
            await SettleAsync(gallery, keys, [.. left.Select(static mark => (FaceOf(mark), mark))], cancellationToken);
        }

        return left.Length == MarksTogether;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long FaceOf(RedisValue mark) => long.Parse(((string)mark!).Split(':')[0], CultureInfo.InvariantCulture);

    /// <summary>Writes or removes the vectors of faces as they are now; false when the gallery is gone.</summary>
    private async Task<bool> TryWriteAsync(IDatabase database, string gallery, GalleryKeys keys, long[] faces, CancellationToken cancellationToken)
    {
        if (await ReadStateAsync(database, gallery, keys, cancellationToken) is not { } state)
        {
            return false;
        }

        SpaceState[] spaces = [.. state.Spaces.Where(static space => space.HasVectorSet)];
        RedisValue[] fields = [FaceState.Field, .. spaces.Select(static space => FaceState.VectorField(space.Number))];
        foreach (long[] together in faces.Chunk(Together))
        {
            Task<RedisValue[][]> ReadAsync(long[] some) => link.AskAllAsync(some.Select(face => database.HashGetAsync(keys.Face(face), fields)), cancellationToken);
            long[] left = together;
            var read = await ReadAsync(left);
            while (left.Length > 0)
            {
                await link.AskAllAsync(left.SelectMany((face, i) => WriteOf(database, keys, spaces, face, read[i])), cancellationToken);

                // Who changed a face in between may have written before us: then ours was old, and is written again.
                var now = await ReadAsync(left);
                int[] changed = [.. Enumerable.Range(0, left.Length).Where(i => !now[i].AsSpan().SequenceEqual(read[i]))];
                (left, read) = ([.. changed.Select(i => left[i])], [.. changed.Select(i => now[i])]);
            }
        }

        // A space that was removed in the meantime must not come back with what was just written.
        var after = await ReadStateAsync(database, gallery, keys, cancellationToken);
        RedisKey[] gone = [.. spaces.Where(space => after?.Spaces.Exists(each => each.Number == space.Number) != true).Select(space => keys.Vectors(space.Number))];
        await link.AskAllAsync(gone.Select(set => database.KeyDeleteAsync(set)), cancellationToken);
        return after is not null;
    }

    /// <summary>Sends a face's vectors to their sets, or removes them where the face or its vector is gone.</summary>
    /// <param name="database">The server.</param>
    /// <param name="keys">The gallery's keys.</param>
    /// <param name="spaces">Those with a set.</param>
    /// <param name="id">Of the face.</param>
    /// <param name="fields">Its state, then its vector in each space.</param>
    private static List<Task<RedisResult>> WriteOf(IDatabase database, GalleryKeys keys, SpaceState[] spaces, long id, RedisValue[] fields)
    {
        var face = RedisJson.Read(fields[0], RedisJson.Default.FaceState);
        List<Task<RedisResult>> written = [];
        for (int i = 0; i < spaces.Length; i++)
        {
            var stored = fields[i + 1];
            byte[]? unit = face is null || stored.IsNull ? null : Unit(VectorBytes.Read(((ReadOnlyMemory<byte>)stored).Span, spaces[i].Space.Dimension));
            RedisKey set = keys.Vectors(spaces[i].Number);
            written.Add(unit is null
                ? database.ExecuteAsync("VREM", [set, Text(id)])
                : database.ExecuteAsync("VADD", [set, "FP32", unit, Text(id), "NOQUANT", "EF", AddEffort, "SETATTR", $$"""{"subject":{{Text(face!.Subject)}}}"""]));
        }

        return written;
    }

    private async Task<GalleryState?> ReadStateAsync(IDatabase database, string gallery, GalleryKeys keys, CancellationToken cancellationToken)
    {
        var state = RedisJson.Read(await link.AskAsync(database.StringGetAsync(GalleryKeys.State(gallery)), cancellationToken), RedisJson.Default.GalleryState);
        return state?.Generation == keys.Generation ? state : null;
    }
}
