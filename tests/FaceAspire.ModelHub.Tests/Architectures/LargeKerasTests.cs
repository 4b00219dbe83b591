using System.Diagnostics;
using FaceAspire.ModelHub.Conversion;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>Networks of more than 500 MB, at full size. Apart from the others, because they measure the memory of the whole process and fill it.</summary>
[CollectionDefinition(nameof(LargeKerasTests), DisableParallelization = true), Collection(nameof(LargeKerasTests))]
public sealed class LargeKerasTests(LargeKerasTests.VggWeights vgg) : IClassFixture<LargeKerasTests.VggWeights>
{
    [Fact]
    public void Convert_VggFace_AgreesWithItsFormulas()
    {
        string path = vgg.Write("conv2d_15", 2622);
        using var network = ConvertedNetwork.From("vgg-face", path);

        network.Run(vgg.Input, 1, 3, 224, 224).ShouldAgreeWith(vgg.Embedding.Values);
    }

    [Fact]
    public void Convert_VggAge_AgreesWithItsFormulas()
    {
        string path = vgg.Write("predictions", 101);
        using var network = ConvertedNetwork.From("vgg-age", path);

        network.Run(vgg.Input, 1, 3, 224, 224).ShouldAgreeWith(vgg.Embedding.Conv(vgg.Layers["predictions"]).Softmax().Values);
    }

    [Theory]
    [InlineData("vgg-gender", 2)]
    [InlineData("vgg-race", 6)]
    public void Convert_OtherHead_HasItsClassesOnTheSameBody(string architecture, int classes)
    {
        string path = vgg.Write("predictions", classes);
        using MeasuringStream destination = new();
        ModelConverter.Convert(architecture, path, destination, TestContext.Current.CancellationToken);

        destination.Length.ShouldBeInRange(vgg.BodyBytes + (classes * 4097L * sizeof(float)), vgg.BodyBytes + (classes * 4097L * sizeof(float)) + 10_000);
        Should.Throw<InvalidDataException>(() => ModelConverter.Convert("vgg-age", path, Stream.Null, TestContext.Current.CancellationToken))
            .Message.ShouldBe($"Layer 15 'predictions' is 1×1×4096×{classes} where 1×1×4096×101 is expected.");
    }

    [Fact]
    public void Convert_VggFace_IsQuickAndHoldsOneTensor()
    {
        string path = vgg.Write("conv2d_15", 2622);
        long size = new FileInfo(path).Length;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using MeasuringStream destination = new();
        var clock = Stopwatch.StartNew();

        ModelConverter.Convert("vgg-face", path, destination, TestContext.Current.CancellationToken);

        long peak = destination.Peak - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{size / 1e6:F1} MB in {clock.Elapsed.TotalSeconds:F1} s, {peak / 1e6:F1} MB at most");
        size.ShouldBeGreaterThan(580_000_000);
        destination.Length.ShouldBeInRange(535_000_000, 540_000_000); // without the 2622 people: 43 MB less
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        peak.ShouldBeLessThan(size * 3 / 2);
    }

    [Fact]
    public void Convert_DeepFace_AgreesWithItsFormulas()
    {
        RandomKerasFile weights = new(seed: 12);
        weights.Add("C1", [11, 11, 3, 32]);
        weights.Add("C3", [9, 9, 32, 16]);
        weights.Add("L4", [3025, 1296, 16], [55, 55, 16]);
        weights.Add("L5", [625, 784, 16], [25, 25, 16]);
        weights.Add("L6", [441, 400, 16], [21, 21, 16]);
        weights.Add("F7", [7056, 4096]);
        weights.Add("F8", [4096, 8631]);
        string path = Path.Combine(vgg.Folder, "deepface.h5");
        weights.Write(path);
        float[] input = Numbers.Random(3 * 152 * 152);

        var x = PlainMap.FromPlanes(input, 3, 152, 152).Conv(weights["C1"]).Relu().MaxPool(3, 2, after: 1).Conv(weights["C3"]).Relu();
        x = x.LocallyConnected(weights["L4"], 9, 1).Relu().LocallyConnected(weights["L5"], 7, 2).Relu().LocallyConnected(weights["L6"], 5, 1).Relu();
        x = x.Dense(weights["F7"]).Relu();

        using var network = ConvertedNetwork.From("deepface", path);
        File.Delete(path);
        network.Run(input, 1, 3, 152, 152).ShouldAgreeWith(x.Values);
        float[] two = network.Run([.. new float[input.Length], .. input], 2, 3, 152, 152);
        two[4096..].ShouldAgreeWith(x.Values);
    }

    /// <summary>The body that VGG-Face and its heads share, and what it gives for an input.</summary>
    public sealed class VggWeights : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vgg-");
        private readonly Lazy<PlainMap> _embedding;
        private (string Name, int Classes) _written;

        public VggWeights()
        {
            int inputs = 3;
            foreach (int outputs in new[] { 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512 })
            {
                Layers.Add($"conv2d_{inputs}_{Count}", [3, 3, inputs, outputs]);
                inputs = outputs;
                Count++;
            }

            Layers.Add("conv2d_13", [7, 7, 512, 4096]);
            Layers.Add("conv2d_14", [1, 1, 4096, 4096]);
            Layers.Add("none", [1]);
            Input = Numbers.Random(3 * 224 * 224);
            _embedding = new(Body);
        }

        public string Folder => _folder.FullName;

        public float[] Input { get; }

        internal RandomKerasFile Layers { get; } = new(seed: 11);

        internal PlainMap Embedding => _embedding.Value;

        /// <summary>Bytes of the weights but those of the last layer.</summary>
        public long BodyBytes => sizeof(float) * Enumerable.Range(0, 15).Sum(place => (long)Layers[place].Kernel.Length + Layers[place].Bias.Length);

        private int Count { get; set; }

        /// <summary>Writes the body with a last layer, unless that is what was written last.</summary>
        public string Write(string name, int classes)
        {
            string path = Path.Combine(Folder, "vgg.h5");
            if (_written == (name, classes))
            {
                return path;
            }

            _written = (name, classes);
            File.Delete(path);
            Layers.RemoveLast();
            Layers.Add(name, [1, 1, 4096, classes]);
            Layers.Write(path);
            return path;
        }

        public void Dispose() => _folder.Delete(recursive: true);

        private PlainMap Body()
        {
            var x = PlainMap.FromPlanes(Input, 3, 224, 224);
            for (int place = 0; place < 13; place++)
            {
                x = x.Conv(Layers[place], padding: 1).Relu();
                x = place is 1 or 3 or 6 or 9 or 12 ? x.MaxPool(2, 2) : x;
            }

            return x.Conv(Layers[13]).Relu().Conv(Layers[14]).Relu();
        }
    }

    /// <summary>Takes all, and looks at the memory whenever it gets something.</summary>
    private sealed class MeasuringStream : Stream
    {
        private long _length;

        public long Peak { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _length += buffer.Length;
            Peak = Math.Max(Peak, GC.GetTotalMemory(forceFullCollection: false));
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
