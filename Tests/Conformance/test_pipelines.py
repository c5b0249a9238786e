"""Pipelines whose steps truly run, and schedules."""

from azure.ai.ml import Input, Output, command, dsl, load_job
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import Environment, JobSchedule, RecurrenceTrigger
from conftest import finished

PLAIN = Environment(name="plain", image="python")


def test_two_steps_hand_their_files_on(client, tmp_path):
    write = command(
        name="write",
        command="mkdir -p ${{outputs.words}} && echo ${{inputs.word}} > ${{outputs.words}}/word.txt",
        inputs={"word": Input(type="string")},
        outputs={"words": Output(type=AssetTypes.URI_FOLDER)},
        environment=PLAIN,
    )
    shout = command(
        name="shout",
        command="tr a-z A-Z < ${{inputs.words}}/word.txt | tee ${{outputs.loud}}/loud.txt",
        inputs={"words": Input(type=AssetTypes.URI_FOLDER)},
        outputs={"loud": Output(type=AssetTypes.URI_FOLDER)},
        environment=PLAIN,
    )

    @dsl.pipeline(default_compute="cpu-cluster", experiment_name="conformance")
    def both(word):
        first = write(word=word)
        second = shout(words=first.outputs.words)
        return {"loud": second.outputs.loud}

    job = finished(client, client.jobs.create_or_update(both(word="hello")).name)
    assert job.status == "Completed"
    client.jobs.download(job.name, output_name="loud", download_path=str(tmp_path))
    assert list(tmp_path.rglob("loud.txt"))[0].read_text() == "HELLO\n"
    children = list(client.jobs.list(parent_job_name=job.name))
    assert len(children) == 2
    assert {child.status for child in children} == {"Completed"}


def test_a_pipeline_from_yaml(client, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "say.py").write_text("import sys; print('said', sys.argv[1])\n")
    (tmp_path / "pipeline.yml").write_text(
        """
$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json
type: pipeline
experiment_name: conformance
inputs: {times: 2}
settings: {default_compute: "azureml:cpu-cluster"}
jobs:
  say:
    type: command
    code: src
    command: python3 say.py ${{inputs.times}}
    inputs: {times: "${{parent.inputs.times}}"}
    environment: {image: python}
"""
    )
    job = finished(client, client.jobs.create_or_update(load_job(str(tmp_path / "pipeline.yml"))).name)
    assert job.status == "Completed"
    child = next(iter(client.jobs.list(parent_job_name=job.name)))
    client.jobs.download(child.name, download_path=str(tmp_path / "out"))
    assert "said 2" in list((tmp_path / "out").rglob("std_log.txt"))[0].read_text()


def test_a_schedule_is_kept(client):
    say = command(name="say", command="echo hello", environment=PLAIN)

    @dsl.pipeline(default_compute="cpu-cluster", experiment_name="conformance")
    def once():
        say()

    schedule = JobSchedule(
        name="nightly",
        trigger=RecurrenceTrigger(frequency="day", interval=1),
        create_job=once(),
    )
    made = client.schedules.begin_create_or_update(schedule).result()
    assert made.trigger.frequency == "day"
    assert "nightly" in [s.name for s in client.schedules.list()]
    client.schedules.begin_disable("nightly").result()
    assert not client.schedules.get("nightly").is_enabled
    client.schedules.begin_delete("nightly").result()
    assert "nightly" not in [s.name for s in client.schedules.list()]
