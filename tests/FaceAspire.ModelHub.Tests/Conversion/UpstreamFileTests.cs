using System.Security.Cryptography;
using System.Text.Json;
using FaceAspire.ModelHub.Conversion;
using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.ModelHub.Tests.Conversion;

/// <summary>Networks converted from the files that their authors publish, beside ONNX files that others have made of the same weights.</summary>
public sealed class UpstreamFileTests
{
    private static readonly string[] _photos = ["couple", "img5", "img62"];

    [Theory]
    [InlineData("dlib-resnet", "dlib_face_recognition_resnet_from_faceapi.dat.bz2", "dlib_resnet", "dlib150", 150, "dlib")]
    [InlineData("dlib-densenet", "face_recognition_densenet_model_v1.dat.bz2", "dlib_densenet", "dlib150", 150, "dlib")]
    [InlineData("dlib-mmod", "mmod_human_face_detector.dat.bz2", "dlib_mmod", "square198", 198, "dlib")]
    [InlineData("dlib-gender", "dnn_gender_classifier_v1.dat.bz2", "dlib_gender", "dlib32", 32, "dlib")]
    [InlineData("mtcnn-p", "pnet.pt", "mtcnn_pnet", "square198", 61, "signed")]
    [InlineData("mtcnn-r", "rnet.pt", "mtcnn_rnet", "square198", 24, "signed")]
    [InlineData("mtcnn-o", "onet.pt", "mtcnn_onet", "square198", 48, "signed")]
    [InlineData("blazeface", "blazeface.pth", "blazeface_front", "square198", 128, "unit")]
    [InlineData("minifasnet-v2", "2.7_80x80_MiniFASNetV2.pth", "minifasnet_v2", "fas27", 80, "bgr")]
    [InlineData("minifasnet-v1se", "4_0_0_80x80_MiniFASNetV1SE.pth", "minifasnet_v1se", "fas40", 80, "bgr")]
    [InlineData("mobileface-v2", "MobileFace_Identification_V2-0000.params", "mobileface_v2", "arcface112", 112, "rgb")]
    [InlineData("ssd-res10", "opencv_face_detector_uint8.pb", "ssd_res10", "square198", 300, "opencv")]
    public void Convert_UpstreamFile_AnswersAsItsTwin(string architecture, string source, string twin, string crop, int size, string range)
    {
        using InferenceSession converted = new(Converted(architecture, Published(source)));
        using InferenceSession other = new(SharedMaterial.File("models", $"{twin}.onnx"));
        converted.OutputMetadata.Keys.Order(StringComparer.Ordinal).ShouldBe(other.OutputMetadata.Keys.Order(StringComparer.Ordinal));
        foreach (string photo in _photos)
        {
            float[] input = Input(photo, crop, size, range);
            foreach (string output in other.OutputMetadata.Keys)
            {
                float[] expected = Run(other, input, size, output);
                float[] actual = Run(converted, input, size, output);
                actual.Length.ShouldBe(expected.Length, $"{output} of {photo}");
                Math.Sqrt(actual.Zip(expected, static (a, b) => (double)(a - b) * (a - b)).Sum() / expected.Sum(static b => (double)b * b))
                    .ShouldBeLessThan(1e-4, $"{output} of {photo}"); // float32, the normalizations folded in another order
            }
        }
    }

    [Fact]
    public void Convert_DlibResNet_AnswersAsDlib()
    {
        using InferenceSession session = new(Converted("dlib-resnet", SharedMaterial.File("models", "upstream", "dlib_face_recognition_resnet_from_faceapi.dat.bz2")));
        using var golden = SharedMaterial.Golden("dlib_resnet.json");
        foreach (var photo in golden.RootElement.GetProperty("embeddings").EnumerateObject())
        {
            float[] expected = photo.Value.Deserialize<float[]>()!;
            float[] actual = Run(session, Input(photo.Name, "dlib150", 150, "dlib"), 150, "embedding");
            actual.Zip(expected, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f, photo.Name);
        }
    }

    [Fact]
    public void Convert_OtherNetwork_IsRefusedWithWhatDiffers()
    {
        string resnet = SharedMaterial.File("models", "upstream", "dlib_face_recognition_resnet_from_faceapi.dat.bz2");

        Should.Throw<InvalidDataException>(() => Converted("dlib-gender", resnet)).Message.ShouldBe("'con_5 1/filters' is 32×3×7×7 where 32×3×3×3 is expected.");
        Should.Throw<InvalidDataException>(() => Converted("dlib-densenet", resnet)).Message.ShouldBe("Layer 1 is 'input_rgb_image_sized 0' where dlib's DenseNet has 'affine_'.");
    }

    private static byte[] Converted(string architecture, string source)
    {
        using MemoryStream file = new();
        ModelConverter.Convert(architecture, source, file, TestContext.Current.CancellationToken);
        return file.ToArray();
    }

    /// <summary>An upstream file; skips where the one at hand is not what its authors publish, as the catalogue's hash tells.</summary>
    private static string Published(string source)
    {
        string path = SharedMaterial.File("models", "upstream", source);
        string? expected = ModelCatalog.LoadDefault().Entries.SelectMany(static entry => entry.Files).FirstOrDefault(file => file.Origin?.File == source)?.Origin?.Sha256;
        if (expected is not null)
        {
            using var stream = File.OpenRead(path);
            string actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (actual != expected)
            {
                Assert.Skip($"the test material's {source} is not the published file: its SHA-256 is {actual}, that of the published one {expected}");
            }
        }

        return path;
    }

    /// <summary>A crop of the golden files, brought to a size by its nearest pixels, in the range that the network takes.</summary>
    private static float[] Input(string photo, string crop, int size, string range)
    {
        byte[] file = File.ReadAllBytes(SharedMaterial.File("golden", "crops", $"{photo}.{crop}.png"));
        using var pixels = new ImageDecoder(1_000_000).Decode(file, CancellationToken.None);
        float[] input = new float[3 * size * size];
        for (int y = 0; y < size; y++)
        {
            var row = pixels.Row(y * pixels.Height / size);
            for (int x = 0; x < size; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = row[(x * pixels.Width / size * 3) + (range is "bgr" or "opencv" ? 2 - channel : channel)];
                    input[(((channel * size) + y) * size) + x] = range switch
                    {
                        "dlib" => (value - (channel switch { 0 => 122.782f, 1 => 117.001f, _ => 104.298f })) / 256,
                        "signed" => (value - 127.5f) / 128,
                        "opencv" => value - (channel switch { 0 => 104, 1 => 177, _ => 123 }),
                        "unit" => (value / 127.5f) - 1,
                        _ => value,
                    };
                }
            }
        }

        return input;
    }

    private static float[] Run(InferenceSession session, float[] input, int size, string output)
    {
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, 3, size, size]);
        using RunOptions options = new();
        using var outputs = session.Run(options, ["input"], [tensor], [output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
