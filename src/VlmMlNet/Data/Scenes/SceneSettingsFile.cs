using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Data.Scenes;

/// <summary>Writes settings.json: what a folder of scenes was drawn with.</summary>
internal static class SceneSettingsFile
{
    public static void Write(SceneDataset dataset, SceneDatasetOptions options)
    {
        using var file = new PendingFile(dataset.SettingsFile);
        using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("seed", options.Seed);
            json.WriteNumber("scenes", options.Scenes);
            json.WriteNumber("validation_scenes", options.ValidationScenes);
            json.WriteNumber("test_scenes", options.TestScenes);
            json.WriteNumber("image_size", options.ImageSize);
            json.WriteNumber("captions_per_scene", options.CaptionsPerScene);
            json.WriteNumber("conversations_per_scene", options.ConversationsPerScene);
            json.WriteNumber("questions_per_conversation", options.QuestionsPerConversation);
            json.WriteNumber("questions_per_test_scene", options.QuestionsPerTestScene);
            json.WriteString("caption_prompt", SceneDataset.CaptionPrompt);
            json.WriteString("recaption_prompt", SceneDataset.RecaptionPrompt);
            json.WriteStartArray("held_out");
            foreach (string kind in dataset.HeldOut)
                json.WriteStringValue(kind);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        file.Commit();
    }
}
