using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Search;

/// <summary>Files that were cut, changed or written by somebody else: refused, or their damaged rows are named; never a crash, never a wrong answer.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int Dimension = 64;
    private const int Count = 300;

    private readonly TempFolder _folder = new();
    private readonly float[][] _vectors = TestVectors.Make("random", Count, Dimension, seed: 1);
    private readonly SegmentLayout _layout = new(Dimension);
    private readonly byte[] _sound;

    public DamagedFileTests()
    {
        using (var index = VectorIndex.Create(_folder["sound"], Dimension))
        {
            for (int row = 0; row < Count; row++)
            {
                index.Write(row, row + 1, row % 10, _vectors[row]);
            }

            index.Remove(33);
            index.Checkpoint(4);
            index.Checkpoint(5);
        }

        _sound = File.ReadAllBytes(_folder["sound"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryOpen_NoFile_IsNull() => VectorIndex.TryOpen(_folder["none"], Dimension).ShouldBeNull();

    [Fact]
    public void TryOpen_OtherDimension_IsNull() => VectorIndex.TryOpen(_folder["sound"], Dimension + 1).ShouldBeNull();

    [Fact]
    public void TryOpen_CutAnywhere_IsNull()
    {
        Random random = new(2);
        int[] lengths = [0, 1, 47, 48, 4_095, 4_096, 8_191, 8_192, 8_193, _sound.Length - 1, .. Enumerable.Range(0, 40).Select(_ => random.Next(_sound.Length))];
        foreach (int length in lengths)
        {
            File.WriteAllBytes(_folder["cut"], _sound[..length]);
            VectorIndex.TryOpen(_folder["cut"], Dimension).ShouldBeNull($"cut to {length} bytes");
        }
    }

    [Fact]
    public void TryOpen_ForeignBytes_IsNull()
    {
        Random random = new(3);
        foreach (int length in (int[])[1, 5_000, 100_000, _sound.Length])
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            File.WriteAllBytes(_folder["foreign"], bytes);
            VectorIndex.TryOpen(_folder["foreign"], Dimension).ShouldBeNull();
        }

        File.WriteAllBytes(_folder["foreign"], new byte[_sound.Length]);
        VectorIndex.TryOpen(_folder["foreign"], Dimension).ShouldBeNull();
    }

    [Fact]
    public void TryOpen_OtherVersion_IsNull()
    {
        byte[] bytes = [.. _sound];
        foreach (int slot in (int[])[0, SegmentHeader.SlotSize])
        {
            bytes[slot + 8]++;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(slot + 40), System.IO.Hashing.XxHash3.HashToUInt64(bytes.AsSpan(slot, 40)));
        }

        File.WriteAllBytes(_folder["other"], bytes);
        VectorIndex.TryOpen(_folder["other"], Dimension).ShouldBeNull();
    }

    [Fact]
    public void TryOpen_LastHeaderCutShort_HasTheCheckpointBefore()
    {
        byte[] bytes = [.. _sound];
        bytes.AsSpan(20, 28).Clear(); // sequences 0 and 2 are in the first slot, 1 in the second
        File.WriteAllBytes(_folder["torn"], bytes);
        using var index = VectorIndex.TryOpen(_folder["torn"], Dimension).ShouldNotBeNull();
        index.CheckpointedChange.ShouldBe(4);
        index.Count.ShouldBe(Count - 1);
        index.Checkpoint(6);
        index.Dispose();
        using var again = VectorIndex.TryOpen(_folder["torn"], Dimension).ShouldNotBeNull();
        again.CheckpointedChange.ShouldBe(6);
    }

    [Fact]
    public void TryOpen_AddedChunkIsNotWhole_HasTheRowsBefore()
    {
        File.WriteAllBytes(_folder["grown"], [.. _sound, .. new byte[123_456]]);
        using var index = VectorIndex.TryOpen(_folder["grown"], Dimension).ShouldNotBeNull();
        (index.Rows, index.Count).ShouldBe((Count, Count - 1));
        index.Write(_layout.RowsPerChunk + 5, 7_777, 1, _vectors[0].Select(static value => -value).ToArray());
        Search(index, _vectors[0].Select(static value => -value).ToArray()).Face.ShouldBe(7_777);
    }

    [Fact]
    public void TryOpen_OneByteChanged_RowIsNamedOrNothingChanges()
    {
        // One of every kind of byte: codes, each field, the vector; of a row in use and of an emptied one.
        int start = (int)_layout.ChunkOffset(0);
        (int Array, int Size)[] fields =
        [
            (0, _layout.Stride), (_layout.Faces, 8), (_layout.Subjects, 8), (_layout.Norms, 8), (_layout.VectorChecksums, 8), (_layout.Checksums, 8), (_layout.Scales, 4), (_layout.Residuals, 4),
        ];
        foreach (int row in (int[])[0, 33, 77, Count - 1])
        {
            foreach (var (array, size) in fields)
            {
                foreach (int at in (int[])[0, size / 2, size - 1])
                {
                    byte[] bytes = [.. _sound];
                    bytes[start + array + (row * size) + at] ^= 0x40;
                    using var index = Open(bytes);
                    index.DamagedRows.ShouldBe([row], $"byte {at} of field at {array}");
                    index.Count.ShouldBe(row == 33 ? Count - 1 : Count - 2);
                    Search(index, _vectors[row]).Row.ShouldNotBe(row);

                    index.Write(row, 4_444, 5, _vectors[row]);
                    index.Count.ShouldBe(row == 33 ? Count : Count - 1);
                    Search(index, _vectors[row]).ShouldBe(new VectorHit(row, 4_444, 5, 0));
                }
            }
        }
    }

    [Fact]
    public void TryOpen_PageOfZeros_NamesTheRowsThatAreGone()
    {
        byte[] bytes = [.. _sound];
        bytes.AsSpan((int)_layout.ChunkOffset(0), _layout.ScanSize).Clear();
        using var index = Open(bytes);
        index.DamagedRows.ShouldBe(Enumerable.Range(0, Count));
        index.Count.ShouldBe(0);
    }

    [Fact]
    public void Search_VectorChanged_NamesTheRow()
    {
        byte[] bytes = [.. _sound];
        bytes[(int)_layout.ChunkOffset(0) + _layout.ScanSize + (77 * _layout.VectorSize) + 9] ^= 1;
        using var index = Open(bytes);
        index.DamagedRows.ShouldBeEmpty();
        Should.Throw<DamagedRowException>(() => Search(index, _vectors[77])).Row.ShouldBe(77);
        index.Write(77, 78, 7, _vectors[77]);
        Search(index, _vectors[77]).ShouldBe(new VectorHit(77, 78, 7, 0));
    }

    [Fact]
    public void TryOpen_BytesChangedAnywhere_NeverGivesAWrongAnswer()
    {
        Random random = new(4);
        for (int round = 0; round < 150; round++)
        {
            byte[] bytes = [.. _sound];

            // The first rows of every array, so that most rounds meet something.
            for (int change = random.Next(1, 20); change > 0; change--)
            {
                int array = new[] { 0, _layout.Faces, _layout.Subjects, _layout.Norms, _layout.VectorChecksums, _layout.Checksums, _layout.Scales, _layout.Residuals, _layout.ScanSize }[random.Next(9)];
                bytes[(int)_layout.ChunkOffset(0) + array + random.Next(Count * (array == _layout.ScanSize ? _layout.VectorSize : array == 0 ? _layout.Stride : 4))] = (byte)random.Next(256);
            }

            using var index = Open(bytes);
            int row = random.Next(Count);
            VectorSearch search = new(DistanceMetric.Euclidean, 10);
            try
            {
                var rows = _vectors.Select(static (vector, row) => (row, row + 1L, row % 10L, vector)).Where(entry => entry.row != 33 && !index.DamagedRows.Contains(entry.row));
                index.Search([new(_vectors[row])], search, TestContext.Current.CancellationToken)[0].ShouldBe(TestVectors.Compare(rows, new(_vectors[row]), search));
            }
            catch (DamagedRowException damaged)
            {
                damaged.Row.ShouldBeInRange(0, Count - 1);
            }
        }
    }

    [Fact]
    public async Task TryOpen_CopiedWhileWritten_HasOnlyRowsThatWereWritten()
    {
        // What a killed process leaves behind is what the file holds at that moment.
        using var index = VectorIndex.Create(_folder["live"], Dimension);
        using CancellationTokenSource stop = new();
        var writing = OwnThread.Run(() =>
        {
            Random random = new(5);
            for (int change = 1; !stop.IsCancellationRequested; change++)
            {
                int row = random.Next(Math.Min(200, index.Rows + 2));
                if (change % 5 == 0)
                {
                    index.Remove(row);
                }
                else
                {
                    index.Write(row, change, row, TestVectors.Gaussian(new(change), Dimension, 1));
                }

                if (change % 50 == 0)
                {
                    index.Checkpoint(change);
                }
            }

            return true;
        });
        try
        {
            for (int copy = 0; copy < 25; copy++)
            {
                File.Copy(_folder["live"], _folder["copy"], overwrite: true);
                using var opened = VectorIndex.TryOpen(_folder["copy"], Dimension);
                if (opened is null)
                {
                    continue; // caught while the header or the first chunk was being written
                }

                Embedding probe = new(_vectors[copy]);
                VectorSearch search = new(DistanceMetric.Cosine, int.MaxValue);
                try
                {
                    foreach (var hit in opened.Search([probe], search, TestContext.Current.CancellationToken)[0])
                    {
                        hit.Subject.ShouldBe(hit.Row);
                        hit.Distance.ShouldBe(EmbeddingDistance.Between(probe, new(TestVectors.Gaussian(new((int)hit.Face), Dimension, 1)), DistanceMetric.Cosine));
                    }
                }
                catch (DamagedRowException)
                {
                    // The vector was being written: named, not believed.
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }
    }

    private VectorIndex Open(byte[] bytes)
    {
        File.WriteAllBytes(_folder["changed"], bytes);
        return VectorIndex.TryOpen(_folder["changed"], Dimension).ShouldNotBeNull();
    }

    private static VectorHit Search(VectorIndex index, float[] probe) =>
        index.Search([new(probe)], new(DistanceMetric.Cosine, 1), TestContext.Current.CancellationToken)[0].Single();
}
