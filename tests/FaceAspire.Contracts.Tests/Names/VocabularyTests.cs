using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Tests.Names;

public sealed class VocabularyTests
{
    private static readonly Vocabulary<int> _vocabulary = new([new("one", 1), new("two", 2), new("deux", 2)]);

    [Theory]
    [InlineData("TWO", 2)]
    [InlineData("Deux", 2)]
    [InlineData("one", 1)]
    public void TryParse_NameInAnyCase_IsItsValue(string name, int expected)
    {
        _vocabulary.TryParse(name, out int value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("three")]
    [InlineData("one ")]
    public void TryParse_OtherText_IsNoName(string name) => _vocabulary.TryParse(name, out _).ShouldBeFalse();

    [Fact]
    public void NameOf_ValueWithAliases_IsTheFirst() => _vocabulary.NameOf(2).ShouldBe("two");

    [Fact]
    public void Names_AreInTheOrderGiven() => _vocabulary.Names.ShouldBe(["one", "two", "deux"]);

    [Fact]
    public void Vocabulary_NameTwice_IsRefused() => Should.Throw<ArgumentException>(() => new Vocabulary<int>([new("one", 1), new("ONE", 2)]));

    [Fact]
    public void ApiNames_EveryValueOfEveryEnum_HasAName()
    {
        Enum.GetValues<DistanceMetric>().ShouldAllBe(static value => ApiNames.Metrics.NameOf(value).Length > 0);
        Enum.GetValues<InputNormalization>().ShouldAllBe(static value => ApiNames.Normalizations.NameOf(value).Length > 0);
        Enum.GetValues<AlignmentMode>().ShouldAllBe(static value => ApiNames.Alignments.NameOf(value).Length > 0);
        Enum.GetValues<AttributeAction>().ShouldAllBe(static value => ApiNames.Actions.NameOf(value).Length > 0);
    }

    [Fact]
    public void Detectors_SkipIsAlwaysOneOfThem() => new ApiNames([], ["yunet"]).Detectors.Names.ShouldBe(["yunet", "skip"]);

    // deepface 0.0.100: models/demography/{Gender,Emotion,Race}.py.
    [Theory]
    [InlineData(AttributeAction.Age)]
    [InlineData(AttributeAction.Gender, "Woman", "Man")]
    [InlineData(AttributeAction.Emotion, "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")]
    [InlineData(AttributeAction.Race, "asian", "indian", "black", "white", "middle eastern", "latino hispanic")]
    public void DeepFaceClasses_OfAnAction_AreDeepFacesInItsOrder(AttributeAction action, params string[] classes) => DeepFaceClasses.Of(action).ShouldBe(classes);
}
