import AssetSchema
import Testing

@Suite struct AssetReferenceTests {
    @Test func `all forms are read and written back`() {
        let arm =
            "azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/environments/e"
        let scope = AssetReference.Scope.arm(subscription: "s", resourceGroup: "g", workspace: "w")
        let cases: [(String, AssetReference)] = [
            ("azureml:e:1", AssetReference(name: "e", selector: .version("1"))),
            ("azureml:e:1:2", AssetReference(name: "e", selector: .version("1:2"))),
            ("azureml:e@latest", AssetReference(name: "e", selector: .label("latest"))),
            ("azureml:e", AssetReference(name: "e", selector: .unspecified)),
            (arm, AssetReference(scope: scope, collection: "environments", name: "e", selector: .unspecified)),
            (
                arm + "/versions/3",
                AssetReference(scope: scope, collection: "environments", name: "e", selector: .version("3"))
            ),
            (
                "azureml://registries/azureml/environments/sklearn-1.4/versions/1",
                AssetReference(
                    scope: .registry("azureml"), collection: "environments", name: "sklearn-1.4",
                    selector: .version("1"))
            ),
            (
                "azureml://registries/r/models/m/labels/latest",
                AssetReference(scope: .registry("r"), collection: "models", name: "m", selector: .label("latest"))
            ),
        ]
        for (text, reference) in cases {
            #expect(AssetReference(text) == reference)
            #expect(reference.description == text)
        }
        #expect(
            AssetReference("azureml:azureml://registries/r/models/m/versions/1")?.description
                == "azureml://registries/r/models/m/versions/1")
    }

    @Test(arguments: [
        "", "e", "azureml:", "azureml:e:", "azureml:@latest", "azureml:e@", "azureml:a/b", "azureml:/subscriptions/s",
        "azureml://datastores/d/paths/p", "azureml://jobs/j/outputs/artifacts/paths/model/", "azureml://registries/r",
        "azureml://registries/r/models/m/version/1",
    ])
    func `anything else is no reference`(text: String) {
        #expect(AssetReference(text) == nil)
    }

    @Test func `expressions are found with their names, and brackets make them optional`() {
        let found = Expression.all(in: "a ${{inputs.x}} [--s ${{ inputs.y }}] ${{outputs.z}} ${{inputs.x}} ${{open")
        #expect(found.map(\.input) == ["x", "y", nil, "x"])
        #expect(found.map(\.output) == [nil, nil, "z", nil])
        #expect(found.map(\.isOptional) == [false, true, false, false])
        #expect(found.map(\.occurrence) == [0, 0, 0, 1])
        #expect(Expression.all(in: "nothing {{here}} $x").isEmpty)
    }
}
