using FaceAspire.ModelHub.Conversion;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Architectures;

public sealed class SmallKerasTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keras-");

    private string FilePath => Path.Combine(_folder.FullName, "weights.h5");

    [Theory]
    [InlineData("mini-xception-emotion", "fer2013_mini_XCEPTION.102-0.66.hdf5", "fer_mini_xception.onnx")]
    [InlineData("mini-xception-gender", "gender_mini_XCEPTION.21-0.95.hdf5", "gender_mini_xception.onnx")]
    public void Convert_MiniXception_AgreesWithItsTwin(string architecture, string weights, string twin)
    {
        string source = SharedMaterial.File("models", "upstream", weights);
        string copy = Path.Combine(_folder.FullName, "model.h5");
        File.Copy(source, copy);
        using InferenceSession expected = new(SharedMaterial.Weights(twin));
        using var actual = ConvertedNetwork.From(architecture, copy);
        ImageDecoder decoder = new(maxPixels: 1_000_000);
        string[] crops = Directory.GetFiles(SharedMaterial.File("golden", "crops"), "*.square64.png");
        crops.ShouldNotBeEmpty();
        float[] all = [.. crops.SelectMany(crop => Grey(decoder, crop))];

        double[] twins = [.. ConvertedNetwork.Run(expected, all, crops.Length, 1, 64, 64).Select(static value => (double)value)];
        actual.Run(all, crops.Length, 1, 64, 64).ShouldAgreeWith(twins);
    }

    [Fact]
    public void Convert_Emotion_AgreesWithItsFormulas()
    {
        var weights = Emotion();
        weights.Write(FilePath);
        float[] input = Numbers.Random(48 * 48);

        var x = PlainMap.FromPlanes(input, 1, 48, 48).Conv(weights[0]).Relu().MaxPool(5, 2);
        x = x.Conv(weights[1]).Relu().Conv(weights[2]).Relu().AveragePool(3, 2);
        x = x.Conv(weights[3]).Relu().Conv(weights[4]).Relu().AveragePool(3, 2);
        x = x.Dense(weights[5]).Relu().Dense(weights[6]).Relu().Dense(weights[7]).Softmax();

        using var network = ConvertedNetwork.From("emotion-cnn", FilePath);
        network.Run(input, 1, 1, 48, 48).ShouldAgreeWith(x.Values);
    }

    [Fact]
    public void Convert_DeepId_AgreesWithItsFormulas()
    {
        var weights = DeepId();
        weights.Write(FilePath);
        float[] input = Numbers.Random(3 * 55 * 47);

        var x = PlainMap.FromPlanes(input, 3, 55, 47).Conv(weights["Conv1"]).Relu().MaxPool(2, 2);
        x = x.Conv(weights["Conv2"]).Relu().MaxPool(2, 2).Conv(weights["Conv3"]).Relu().MaxPool(2, 2);
        x = x.Dense(weights["fc11"]).Add(x.Conv(weights["Conv4"]).Relu().Dense(weights["fc12"])).Relu();

        using var network = ConvertedNetwork.From("deepid", FilePath);
        float[] once = network.Run(input, 1, 3, 55, 47);
        once.ShouldAgreeWith(x.Values);
        network.Run([.. input, .. input], 2, 3, 55, 47).Length.ShouldBe(2 * once.Length);
    }

    [Fact]
    public void Convert_LayersInAnotherOrder_AreFoundByName()
    {
        RandomKerasFile weights = new(seed: 5);
        weights.Add("fc12", [960, 160]);
        weights.Add("fc11", [1200, 160]);
        weights.Add("Conv4", [2, 2, 60, 80]);
        weights.Add("Conv3", [3, 3, 40, 60]);
        weights.Add("Conv2", [3, 3, 20, 40]);
        weights.Add("Conv1", [4, 4, 3, 20]);
        weights.Write(FilePath);

        Convert("deepid").Length.ShouldBeGreaterThan(395_080 * sizeof(float));
    }

    [Fact]
    public void Convert_SameFileTwice_GivesTheSameBytes()
    {
        DeepId().Write(FilePath);

        Convert("deepid").ShouldBe(Convert("deepid"));
    }

    [Fact]
    public void Convert_OtherNetwork_SaysWhatDiffers()
    {
        var weights = Emotion();
        weights.Write(FilePath);
        Should.Throw<InvalidDataException>(() => Convert("deepid")).Message.ShouldBe("The file has 8 layers with weights, DeepID has 6.");
        Should.Throw<InvalidDataException>(() => Convert("vgg-face")).Message.ShouldBe("The file has 8 layers with weights, VGG-Face has 16.");

        weights.RemoveLast();
        weights.Add("dense_2", [1024, 8]);
        weights.Write(FilePath);
        Should.Throw<InvalidDataException>(() => Convert("emotion-cnn")).Message.ShouldBe("Layer 7 'dense_2' is 1024×8 where 1024×7 is expected.");
    }

    [Fact]
    public void Convert_Cancelled_Stops()
    {
        DeepId().Write(FilePath);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => ModelConverter.Convert("deepid", FilePath, Stream.Null, cancelled.Token));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static RandomKerasFile Emotion()
    {
        RandomKerasFile weights = new(seed: 3);
        weights.Add("conv2d", [5, 5, 1, 64]);
        weights.Add("conv2d_1", [3, 3, 64, 64]);
        weights.Add("conv2d_2", [3, 3, 64, 64]);
        weights.Add("conv2d_3", [3, 3, 64, 128]);
        weights.Add("conv2d_4", [3, 3, 128, 128]);
        weights.Add("dense", [128, 1024]);
        weights.Add("dense_1", [1024, 1024]);
        weights.Add("dense_2", [1024, 7]);
        return weights;
    }

    private static RandomKerasFile DeepId()
    {
        RandomKerasFile weights = new(seed: 4);
        weights.Add("Conv1", [4, 4, 3, 20]);
        weights.Add("Conv2", [3, 3, 20, 40]);
        weights.Add("Conv3", [3, 3, 40, 60]);
        weights.Add("Conv4", [2, 2, 60, 80]);
        weights.Add("fc11", [1200, 160]);
        weights.Add("fc12", [960, 160]);
        return weights;
    }

    private static float[] Grey(ImageDecoder decoder, string path)
    {
        using var image = decoder.Decode(File.ReadAllBytes(path), TestContext.Current.CancellationToken);
        byte[] pixels = image.Pixels[..(64 * 64 * 3)].ToArray();
        return [.. pixels.Chunk(3).Select(static rgb => (((rgb[0] * 0.299f) + (rgb[1] * 0.587f) + (rgb[2] * 0.114f)) / 127.5f) - 1)];
    }

    private byte[] Convert(string architecture)
    {
        using MemoryStream file = new();
        ModelConverter.Convert(architecture, FilePath, file, TestContext.Current.CancellationToken);
        return file.ToArray();
    }
}
