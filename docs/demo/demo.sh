#!/usr/bin/env bash
# Plays the story of docs/tour.md from a commit to a served model, in a scratch folder, on real data and for real:
# a bare git repository, signing keys, training jobs, scoring processes behind a proxy. Every claim is checked; the
# script ends with 0 only where all of them held. DEMO_DATA=file.csv plays it on other data (label in the last column).
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/reconcile-demo.XXXXXX")
origin=$scratch/origin.git
project=$scratch/project
export RECONCILE_STATE_DIR=$scratch/state
export RECONCILE_UV=$root/.tools/uv/bin/uv
# RECONCILE_BIN is a folder with another build of reconcile.
export PATH=${RECONCILE_BIN:-$root/.build/release}:$PATH:/usr/sbin
# Nothing of the user's own git reaches the story, and nothing of the story the user's git.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL SSH_AUTH_SOCK
export GIT_CONFIG_NOSYSTEM=1
me=carol

bold='' dim='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

step() { printf '\n%s%3ds  %s%s\n' "$bold" "$SECONDS" "$*" "$plain"; }

quietly() { GIT_CONFIG_GLOBAL=$scratch/people/$me/gitconfig "$@"; }

show() { # show COMMAND…: prints what is typed, and runs it as the person at the keyboard
    local word line="$me\$"
    for word in "$@"; do
        case $word in *[[:space:]\;\&\|]*) word="'$word'" ;; esac
        line+=" $word"
    done
    printf '%s%s%s\n' "$dim" "${line//"$scratch"/\$DEMO}" "$plain"
    quietly "$@"
}

ends_with() { # ends_with STATUS COMMAND…: the same, and the exit status must be this one
    local expected=$1 status=0
    shift
    show "$@" || status=$?
    [ "$status" = "$expected" ] || fail "\`$*\` ended with $status, and not with $expected"
}

fail() {
    printf '\n%sdemo: %s%s\n' "$bold" "$*" "$plain" >&2
    exit 1
}

plan_says() { # plan_says SENTENCE EXPRESSION: the plan (of `stage`, if set) must bear it out
    reconcile --dry-run ${stage:+--stage "$stage"} --output json | python3 "$root/docs/demo/claim.py" "$@"
}

person() { # person NAME: somebody with a git configuration and a signing key
    local home=$scratch/people/$1
    mkdir -p "$home"
    ssh-keygen -q -t ed25519 -N '' -C "$1@example.com" -f "$home/key"
    GIT_CONFIG_GLOBAL=$home/gitconfig git config --global user.name "$1"
    GIT_CONFIG_GLOBAL=$home/gitconfig git config --global user.email "$1@example.com"
    GIT_CONFIG_GLOBAL=$home/gitconfig git config --global gpg.format ssh
    GIT_CONFIG_GLOBAL=$home/gitconfig git config --global user.signingKey "$home/key.pub"
    GIT_CONFIG_GLOBAL=$home/gitconfig git config --global commit.gpgSign true
}

commit() { # commit MESSAGE: everything that changed, on develop, pushed
    show git commit --quiet --all --message "$1"
    show git push --quiet origin develop
}

merge() { # merge MESSAGE: develop into main, pushed
    quietly git switch --quiet main
    show git merge --quiet --no-ff --message "$1" develop
    show git push --quiet origin main
}

develop() { quietly git switch --quiet develop; }

approve() { # approve WHO GATE WHY
    me=$1
    show reconcile approve "$2" --message "$3" --yes --push
    me=carol
}

endpoint() { # endpoint: leaves `uri` and `key` of prod's endpoint
    show reconcile workspace keys diabetes-oep-prod --stage prod
    { read -r uri; read -r key; } < <(reconcile workspace keys diabetes-oep-prod --stage prod --output json |
        python3 -c 'import json, sys; keys = json.load(sys.stdin); print(keys["scoring_uri"]); print(keys["primary_key"])')
}

score() { # score: asks prod's endpoint for the sample patients as any client would; leaves `served_by` and `answer`
    local headers=$scratch/headers
    answer=$(curl --silent --show-error --fail --dump-header "$headers" --header "Authorization: Bearer $key" \
        --header 'Content-Type: application/json' --data @data/online-diabetes.json "$uri")
    served_by=$(sed -nE 's/^azureml-model-deployment: *([^[:space:]]+).*/\1/ip' "$headers")
}

look_around() {
    cat <<TEXT

It is all still there, and still serves. Look around:

  cd $project
  export RECONCILE_STATE_DIR=$RECONCILE_STATE_DIR PATH=$root/.build/release:\$PATH
  reconcile status
  reconcile history
  reconcile why model/diabetes
  reconcile workspace list
  curl -H 'Authorization: Bearer $key' -H 'Content-Type: application/json' -d @data/online-diabetes.json $uri

Stop it and remove it all:

  $root/docs/demo/stop.sh $scratch

TEXT
}

finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ "$status" = 0 ] && [ -t 0 ] && [ -t 1 ]; then
        look_around
    elif [ "$status" = 0 ]; then
        look_around
        printf 'There is no terminal, so it is stopped and removed now.\n'
        "$root/docs/demo/stop.sh" "$scratch"
    else
        "$root/docs/demo/stop.sh" --keep "$scratch" || true
        printf 'demo: what it left is in %s\n' "$scratch" >&2
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the stage is set ------------------------------------------------------------------------------------------------

step "A bare repository, a project, signing keys for alice and bob (reviewers), carol (author), mallory (nobody)"
for name in alice bob carol mallory; do person "$name"; done
quietly git init --quiet --bare --initial-branch=main "$origin"
quietly git clone --quiet "$origin" "$project" 2>/dev/null
cd "$project"
cp -R "$root/environments" .
for name in alice bob; do
    printf '%s@example.com namespaces="git" %s\n' "$name" "$(cut -d' ' -f1,2 "$scratch/people/$name/key.pub")"
done >environments/allowed_signers
# The demo does not wait for minutes between steps of traffic.
sed -i 's/hold: 5m/hold: 2s/g; s/scale_down_delay: 10m/scale_down_delay: 5s/' environments/blue.yml
printf '# Diabetes\n' >README.md
quietly git checkout --quiet -B main
quietly git add --all
quietly git commit --quiet --message 'Say who may let what through'
quietly git push --quiet origin main

quietly git checkout --quiet -b develop
cp -R "$root/mlops" "$root/data" "$root/data-science" .
find data-science \( -name __pycache__ -o -name .pytest_cache \) -prune -exec rm -r {} +
if [ -n "${DEMO_DATA:-}" ]; then
    cp "$DEMO_DATA" data/diabetes.csv
    python3 data-science/sample_requests.py data/diabetes.csv
fi
printf '  %s: %s patients\n' data/diabetes.csv "$(($(wc -l <data/diabetes.csv) - 1))"

# --- dev -------------------------------------------------------------------------------------------------------------

step "Generation 1, logistic regression, goes to develop. What will that do?"
quietly git add --all
commit 'Add the diabetes classifier'
ends_with 2 reconcile --dry-run --stage dev --detailed-exitcode
stage=dev plan_says 'dev will check the code first, then register, train, deploy and test' \
    '{"check", "environment", "data", "command_job", "model", "online_endpoint", "online_deployment", "batch_endpoint",
      "batch_deployment", "smoke_test"} <= {a["kind"] for a in actions("dev")}'

step "Do it: check, register, train, register the model, deploy for batch and online, test both, traffic 100"
ends_with 0 reconcile --stage dev
ends_with 0 reconcile --dry-run --stage dev --detailed-exitcode
stage=dev plan_says 'flake8 and pytest have passed, and their counts are kept' \
    'all(a["reason"].startswith("passed") for a in actions("dev", "check")) and len(actions("dev", "check")) == 2'

step "A slip of the pen: reconcile check says where, before anything is committed"
sed -i 's/return {"Accuracy"/return {"Acuracy"/' data-science/src/training.py
ends_with 1 reconcile check --quiet
show git checkout --quiet -- data-science/src/training.py

# --- prod ------------------------------------------------------------------------------------------------------------

step "Merge to main: prod trains what dev has tested, judges it, and asks"
merge 'Release the diabetes classifier'
ends_with 3 reconcile
plan_says 'prod waits for one approval' \
    'gate("prod/register_model")["state"] == "waiting" and gate("prod/register_model")["required"] == 1'

step "mallory forges an approval in alice's name; it is not signed"
subject=$(reconcile --dry-run --stage prod --output json | python3 -c '
import json, sys
actions = [a for s in json.load(sys.stdin)["stages"] for a in s["actions"]]
print(next(a["gate"]["subject"] for a in actions if a.get("gate")))')
mkdir -p environments/prod/approvals
cat >environments/prod/approvals/register_model-forged.yml <<RECORD
decision: approve
gate: prod/register_model
subject: $subject
approver: alice@example.com
comment: looks good
RECORD
me=mallory
show git add environments
show git commit --quiet --no-gpg-sign --message 'Approve the model'
show git push --quiet origin main
me=carol
ends_with 3 reconcile --stage prod
show reconcile why prod/register_model
plan_says 'the forged record is refused, and the gate stays closed' \
    'gate("prod/register_model")["state"] == "waiting" and gate("prod/register_model")["valid"] == []
     and [r["record"] for r in gate("prod/register_model")["refused"]]
         == ["environments/prod/approvals/register_model-forged.yml"]'

step "alice looks at what is asked, and approves"
approve alice prod/register_model 'Good enough to start with'
ends_with 3 reconcile
plan_says 'the model is registered and deployed, without traffic, and waits for its release' \
    'gate("blue/release")["state"] == "waiting"
     and all(a["verb"] == "unchanged" for a in actions("prod", "model") + actions("prod", "online_deployment"))'

step "bob releases it: traffic moves"
approve bob blue/release 'Go'
ends_with 0 reconcile --wait
ends_with 0 reconcile --dry-run --detailed-exitcode

step "Anybody with the key gets predictions"
endpoint
score
first=$served_by
printf '  %s answers %s\n' "$first" "$answer"

# --- a worse model ---------------------------------------------------------------------------------------------------

step "A worse model: carol regularises a million times as strongly"
develop
sed -i 's/^REGULARIZATION = .*/REGULARIZATION = 10_000/' data-science/src/main.py
commit 'Regularise more strongly'
merge 'Release the stronger regularisation'
ends_with 0 reconcile
plan_says 'evaluation says that it is not better, and it is not registered' \
    'any(a["verb"] == "blocked" for a in actions("prod", "evaluation"))'
score
[ "$served_by" = "$first" ] || fail "$served_by answers, and not $first"
printf '  ✓ %s still answers\n' "$served_by"

# --- the random forest -----------------------------------------------------------------------------------------------

step "Generation 3, a random forest"
develop
show cp data-science/generations/3-random-forest/main.py data-science/src/main.py
commit 'Try a random forest'
merge 'Release the random forest'
ends_with 3 reconcile
approve alice prod/register_model 'Better'
ends_with 3 reconcile
approve bob blue/release 'Go'
ends_with 0 reconcile --wait
score
[ "$served_by" != "$first" ] || fail "$first still answers"
printf '  %s answers %s\n' "$served_by" "$answer"

# --- nothing to do ---------------------------------------------------------------------------------------------------

step "A commit that only touches the README"
develop
printf 'Says whose diabetes will progress.\n' >>README.md
commit 'Say what this is'
merge 'Say what this is'
ends_with 0 reconcile --dry-run --detailed-exitcode

step "Who did what"
show reconcile status
show reconcile history
printf '\n%sThe whole story took %d seconds.%s\n' "$bold" "$SECONDS" "$plain"
