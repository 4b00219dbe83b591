using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>Reads the XML that <c>opencv_traincascade</c> writes. Every rectangle is checked against the window: evaluation relies on it.</summary>
internal static class HaarCascadeReader
{
    private const int MaxCharacters = 16 * 1024 * 1024;
    private const int MinSide = 4, MaxSide = 128; // up to 128 the squares of a window's pixels sum to less than 2³¹
    private const float ThresholdTolerance = 1e-5f; // OpenCV lowers every stage's threshold by it

    public static HaarCascade Read(Stream stream)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters };
            using var reader = XmlReader.Create(stream, settings);
            return Read(XDocument.Load(reader).Root?.Element("cascade") ?? throw new InvalidDataException("There is no element opencv_storage/cascade; cascades of OpenCV 1 have none."));
        }
        catch (Exception exception) when (exception is XmlException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"The cascade is broken: {exception.Message}", exception);
        }
    }

    private static HaarCascade Read(XElement cascade)
    {
        Check(Text(cascade, "stageType") == "BOOST" && Text(cascade, "featureType") == "HAAR", "only boosted stages of Haar features are understood");
        int width = int.Parse(Text(cascade, "width"), CultureInfo.InvariantCulture);
        int height = int.Parse(Text(cascade, "height"), CultureInfo.InvariantCulture);
        Check(width is >= MinSide and <= MaxSide && height is >= MinSide and <= MaxSide, $"its window must have sides of {MinSide} to {MaxSide}");
        HaarStump[] features = [.. Items(cascade, "features").Select(feature => ReadFeature(feature, width, height))];
        var stages = ImmutableArray.CreateBuilder<HaarStage>();
        var stumps = ImmutableArray.CreateBuilder<HaarStump>();
        foreach (var stage in Items(cascade, "stages"))
        {
            int first = stumps.Count;
            stumps.AddRange(Items(stage, "weakClassifiers").Select(weak => ReadStump(weak, features)));
            Check(stumps.Count > first, "a stage has no classifiers");
            stages.Add(new(first, stumps.Count - first, Single(Text(stage, "stageThreshold")) - ThresholdTolerance));
        }

        Check(stages.Count > 0, "it has no stages");
        return new(width, height, stages.ToImmutable(), stumps.ToImmutable());
    }

    private static HaarStump ReadFeature(XElement feature, int width, int height)
    {
        bool isTilted = feature.Element("tilted") is { } tilted && tilted.Value.Trim() != "0";
        HaarRectangle[] rectangles = [.. Items(feature, "rects").Select(item => ReadRectangle(item, width, height, isTilted))];
        Check(rectangles.Length is 2 or 3, "a feature must have two or three rectangles");
        return new(rectangles[0], rectangles[1], rectangles.Length > 2 ? rectangles[2] : default, isTilted, 0, 0, 0);
    }

    private static HaarRectangle ReadRectangle(XElement item, int width, int height, bool isTilted)
    {
        string[] words = Words(item, 5);
        var r = new HaarRectangle(Whole(words[0]), Whole(words[1]), Whole(words[2]), Whole(words[3]), Single(words[4]));
        Check(Math.Min(r.X, r.Y) >= 0 && Math.Min(r.Width, r.Height) > 0 && Math.Max(Math.Max(r.X, r.Y), Math.Max(r.Width, r.Height)) <= MaxSide, "a rectangle is empty or has negative numbers");
        bool isInside = isTilted
            ? r.X - r.Height >= 0 && r.X + r.Width <= width && r.Y + r.Width + r.Height <= height
            : r.X + r.Width <= width && r.Y + r.Height <= height;
        Check(isInside, "a rectangle sticks out of the window");
        return r;
    }

    private static HaarStump ReadStump(XElement weak, HaarStump[] features)
    {
        // One node: where to go below the threshold and above it (0 and -1 are the two leaves), the feature, the threshold.
        string[] node = Words(weak.Element("internalNodes"), 4);
        string[] leaves = Words(weak.Element("leafValues"), 2);
        Check(node[0] == "0" && node[1] == "-1", "only stumps are understood, no trees");
        int feature = Whole(node[2]);
        Check(feature >= 0 && feature < features.Length, "a classifier names a feature that is not there");
        return features[feature] with { Threshold = Single(node[3]), Below = Single(leaves[0]), Above = Single(leaves[1]) };
    }

    private static IEnumerable<XElement> Items(XElement parent, string list) => parent.Element(list)?.Elements("_") ?? throw new InvalidDataException($"The cascade is broken: there is no element {list}.");

    private static string Text(XElement parent, string name) => parent.Element(name)?.Value.Trim() ?? throw new InvalidDataException($"The cascade is broken: there is no element {name}.");

    private static string[] Words(XElement? element, int count)
    {
        string[] words = element?.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        Check(words.Length == count, count == 5 ? "a rectangle must have five numbers" : "only stumps are understood, no trees");
        return words;
    }

    private static int Whole(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static float Single(string word)
    {
        // OpenCV reads doubles and rounds them: a number may lie so that rounding once gives another float.
        float value = (float)double.Parse(word, CultureInfo.InvariantCulture);
        Check(float.IsFinite(value), "a number is not finite");
        return value;
    }

    private static void Check(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException($"The cascade cannot be used: {problem}.");
        }
    }
}
