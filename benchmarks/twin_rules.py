"""What makes a right sentence wrong, and other words for the same: the lists of `make_twins`.

They are written for this test alone: the embedded judge has its own and learns nothing from these.
"""

from __future__ import annotations

EXCHANGED = """
encoder <> decoder | softmax <> sigmoid | deep <> shallow | deeper <> shallower | easy <> hard
BERT <> GPT | GAN <> VAE | GANs <> VAEs | diffusion models <> VAEs | a GAN <> a VAE
a diffusion model <> a hierarchical VAE | diffusion <> a hierarchical VAE | discriminator <> generator
positive <> negative | positives <> negatives | early <> late | transformer <> RNN | transformers <> RNNs
prompt engineering <> fine-tuning | fine-tuning <> prompting | queries <> keys and values | query <> keys
class weights <> focal loss | head <> backbone | text tokens <> image features | text <> image features
input <> output | inputs <> outputs | input channels <> output channels | prior <> posterior
depthwise <> pointwise | minibatch SGD <> full-batch descent | SGD <> full batch
one full-batch step <> many cheap updates | training <> test | labels <> assumptions
output channel <> input channel | matching <> mismatched | before <> after | left <> right
weights <> bias | alpha <> gamma | x) <> p(z) | Q <> K and V | Q <> K/V | depthwise part <> 1×1 part
space <> channels
"""
"""Things that a question tells apart. A sentence with both has them exchanged; one of them alone becomes the
other where the question names both."""

TURNED = """
as more and more layers => as fewer and fewer layers | bump the lr up => bump the lr down
from the top down => from the bottom up | from the top downwards => from the bottom upwards
performance drops => performance rises | sharp minima => flat minima | linear in => quadratic in
next token => previous token | next word => previous word | following word => preceding word
drops => keeps | gets added => gets multiplied | more stable and faster => less stable and slower
fewer => more | less => more | higher => lower | larger => smaller | bigger => smaller | smaller => larger
lower bound => upper bound | lower => higher | faster => slower | quicker => slower | slower => faster
harder => easier | more difficult => easier | increase => decrease | reduces => increases
reduce => increase | improves => worsens | improve => worsen | falls => rises | rises => falls
goes up => goes down | go up => go down | high => low | low => high | large => small | small => large
tiny => huge | huge => tiny | close to => far from | close => distant | near => far from
nearest to => farthest from | closest to => farthest from | far from => close to
far apart => close together | similar => different | dissimilar => alike | above => below
exceeds => stays below | at least => at most | never exceeds => always exceeds
steepest increase => steepest decrease | steepest ascent => steepest descent | uphill => downhill
most => least | best => worst | highest => lowest | least => most | maximises => minimises
maximise => minimise | maximising => minimising | minimised => maximised | minimise => maximise
past => future | preceding => following | following => preceding | earlier => later | later => earlier
early => last | future => past | towards => away from | stable => unstable | stably => unstably
unstable => stable | blurry => sharp | blurred => sharp | flatter => sharper | flat => sharp
frontal => turned sideways | slow => fast | quickly => slowly | fast => slow | cheap => costly
cheaply => expensively | cheaper => dearer | expensive => cheap | better => worse | worse => better
gradually => all at once | wide => narrow | narrow => wide | early layers => late layers | pulls => pushes
pull => push | pulling => pushing | together => apart | apart => together | linearly => quadratically
in parallel => one after another | at once => one by one | both sides => the left only
distant => neighbouring | shorter => longer | shortest => longest | unmasked => masked
bidirectional => unidirectional | discard => keep | drop => keep | dropped => kept | removed => kept
remove => keep | outliers => typical ones | confident => unsure | evenly => unevenly | convex => concave
raise => lower | rarely => often | trains => ruins | minimum => maximum | overfits => underfits
attract => repel | repel => attract | repelled => attracted | down-weights => up-weights
diverge => converge | converge => diverge | compresses => enlarges | growing => shrinking
divided by => multiplied by | divides => multiplies | adds => subtracts | subtract => add
appends => removes | prevents => causes | cure => cause | helps => hinders | open => closed
neutral => angry
"""
"""Directions, degrees and orders, turned round."""

NEGATED = """
can't => can | cannot => can | need not => must | don't have to => have to | no longer => still
does not depend => depends | independent of => dependent on | without => only with | never => always
instead of => as well as | is not => is | are not => are | isn't => is | doesn't => does
plays no role => plays a role | does not matter => matters | doesn't matter => matters
don't matter => matter | do not matter => matter | Nothing else => Something else | nothing => something
neither over- nor underexposed => either over- or underexposed | non-convex => convex
non-overlapping => overlapping | mutually exclusive => not mutually exclusive | irrelevant => relevant
different => identical | differ => agree | indistinguishable => easy to distinguish
not learned => learned | shared => not shared | separate => shared | predefined => learned
fixed in diffusion => learned in diffusion | fixed noise schedule => learned noise schedule
keeps => loses | are fixed => are trained | at random => in a fixed order | randomly => never
"""
"""Negations more or less, where the verb alone does not show them."""

NUMBERED = r"""
73,?856 => 73,728 | 73728 => 8192 | 128 biases => 64 biases | 128 => 64 | 800 => 200
eight hundred => two hundred | 100 weights => 25 weights | 5\*5\*4 => 5*5*8
\(h, w, 2\) => (h − 2, w − 2, 2) | two output channels => c output channels | 2 channels => c channels
2 maps => c maps | two feature maps => six feature maps | depth 2 => depth c
\bPadding of 1 => Padding of 2 | padding 1 => padding 0 | one pixel of padding => two pixels of padding
one map => c maps | a single map => c maps | one output channel => two output channels | 7x7 => 17x17
7×7 => 17×17 | side shrinks to 7 => side shrinks to 17 | slide over 7 pixels => slide over 17 pixels
gets 7 px => gets 17 px | 1/512 => 512 | one class out of ten => three classes out of ten
exactly one class => several classes | one class is right => several classes are right
total of one => total of ten | sum to one => sum to ten | 36 values => 6 values
100 weights per channel against 9 => 9 weights per channel against 100 | starting at 512 => starting at 32
512 maps => 8 maps | 512 filters => 8 filters | O\(nk\) => O(n + k) | O\(k\^2\) => O(k)
n \* k dot => n + k dot | n\*k => n + k | times the number => plus the number
tokens times patches => tokens plus patches | text length x number => text length plus number
only doubles => quadruples | twice the work => four times the work | ln C => C²
log of the number => square of the number
log\(number of classes\) => the square of the number of classes | expect 2\.3 => expect 23
1 \+ F => 0 + F | \+1 term => −1 term | zero mean => unit mean | mean 0 / var 1 => mean 1 / var 0
\(1 − p_t\)\^γ => (1 + p_t)^γ | \(1-p\)\^gamma => (1+p)^gamma | \(1-pt\)\^g\b => (1+pt)^g
one minus the predicted => one plus the predicted | 180 degrees => 90 degrees | 180° => 90° | 27 => 9
three probes => 27 probes | 3 \+ 1 pictures => 81 pictures | one impulse => three impulses
a zero image => an image of ones | zero vector => vector of ones | all-zero input => all-one input
x = 0 => x = 1 | black image => white image | of the size of the kernel => of twice the size of the kernel
input the size of the kernel => input twice the size of the kernel | 1e-4 => 1e-1
such as 0\.1 or 0\.01 => such as 0.00001 | example 0\.1 => example 0.00001 | lr to 0\.1 => lr to 0.00001
by a hundred or more => by one hundredth or less | one hidden state => many hidden states
one denoising network => hundreds of denoising networks | one network serves => a hundred networks serve
single network => a different network | 1000 steps => 2 steps | dozens or hundreds of => two or three
one forward pass => a thousand forward passes | a single step => a thousand steps
a single pass => a thousand passes | one pass => a thousand passes | d × d_v => n × d_v | d by d => n by d
square d × d matrix => tall n × d matrix | with d rows => with n rows | d rows => n rows
d dimensions to d => n dimensions to n | O\(1\) path => O(n²) path
length one instead => length n² instead | 0 and 1 => −1 and 1 | zeros and ones => class indices
mean 0 => mean 5 | minus the predicted => plus the predicted | minus predicted => plus predicted
negated score => unchanged score | factor -1/sigma => factor +sigma | the factor g => the factor g²
times fewer => times more | number of filters => square of the number of filters
filter count => squared filter count | one bias for each => nine biases for each
a single offset => nine offsets | one parameter per => nine parameters per
single bias term => pair of bias terms | nine taps => three taps | one-hot => all-ones | N × N => N × 1
each of the four => only one of the four | the four input => two of the four input
two augmented views of the same => single views of two different
two crops of one image => crops of two different images
two views of the same image => views of two different images | views of one image => views of two images
two augmentations of one image => photos of two different things | all positions => only one position
"""
"""Patterns of numbers and shapes, and what stands there instead."""

REWORDED = """
whereas => while | , because => , since | in such a way that => so that
needs a softmax instead of a sigmoid => needs not a sigmoid but a softmax
is replaced by a sigmoid => gives way to a sigmoid | should be => ought to be | must be => has to be
are used to => serve to | is used to => serves to | a small quality model => a little network for quality
throws away => loses | cover the same area => reach over an equally wide area
are far too many => are way too much | is too aggressive => is too coarse
without being attenuated => without getting weaker | cost more => take more
overfits more easily => has a stronger tendency to overfit
the output of the block => what the block computes | makes training faster => speeds training up
nearly the same => almost alike | again and again => over and over | told apart => separated
randomly drops => leaves out, by chance, | whole layers => complete layers
improves generalisation => helps it generalise | reduces overfitting => means less overfitting
still passes => gets past all the same | predictably => in a predictable manner
the amount of training data => how much training data there is
allow small runs to be extrapolated => let one extrapolate small runs
tell how to split => say how one should divide | make training => render training
the length of => how long | image features => features of the image | text tokens => tokens of the text
are checked => get a check | is lowered => is turned down | is frozen => is held still
are unfrozen => are released | bounds => caps | stand for => mean
keeps the approximate posterior close to => ties the approximate posterior to
taking its samples for real => believing that its samples are real | is trained to => learns to
a target example to match => an example it has to match | are not learned => are not trained
of high quality => that look very good | from the data => out of the data
cover the modes => reach all the modes | many times for each sample => over and over for a single sample
takes one forward pass => needs one forward pass | only a few kinds of samples => little variety
tend to be => are often | moves the sample along => shifts the sample along | points in => shows
an independent yes/no decision => a yes/no decision of its own
instead of taking the argmax => where one used to take the argmax
get the same factor => are multiplied alike
so that hard examples dominate => which leaves the hard examples in charge
is risky with => is dangerous under | distort => bend | can be combined => can be used together
Feeding => Sending in | returns the bias => gives the bias back | are fed as inputs => go in as inputs
is subtracted => is taken away | shows => reveals | is transposed => is turned round (.T)
works instead of the identity => does as well as the identity | send each run along => lead every run down
many minima => a great many minima | gives every parameter => hands each parameter
its own effective => an effective | past gradients => gradients seen so far
the whole data set => all of the data | helps the optimiser to escape => gets the optimiser out of
acts as an implicit regulariser => regularises on the side
The main benefit of => What one mainly gains from
the student should raise => the thing to do is to raise | is split into => is cut into
of fixed size => of one given size | is flattened => is unrolled | are added to => are summed with
positive pairs similar => positive pairs alike
negative pairs dissimilar => negative pairs unlike each other | prevent collapse => stop a collapse
every input gets the same embedding => all inputs end at one and the same point
a shared embedding space => one space that they share
brings an image and its own caption close together => draws an image and its own caption towards each other
keep the meaning of an image => leave what an image means as it is
builds in assumptions => brings in assumptions | interact directly => reach each other directly
compresses the whole past into => packs all of the past into | keep improving => go on improving
produces the desired output => replies as wanted
leaves the weights of the model unchanged => does not touch the weights of the model
that were hidden => that had been covered up | sees the context => looks at the context
attends only to => looks only at | come from => come out of
keeps a position from seeing => hides from a position
"""
"""Other words for the same; they leave a right sentence right."""

OPENERS = (
    "{}.",
    "Off the top of my head, {}.",
    "The way I would put it, {}.",
    "Well, {}.",
    "If you ask me in one line, {}.",
    "{}, that is how I learnt it.",
    "For the interview's sake I keep it short: {}.",
    "My answer would be this, {}.",
    "{}; I am fairly sure of that.",
)
"""Ways to say a sentence."""

VERBS = """
act adapt add allow anticipate appear append assign assume attend avoid become benefit bias blend bound
bring capture carry change choose collapse combine come compare compress concentrate continue contrast
converge corrupt cost cover cure decide decode define depend describe differ discard distort divide
down-weight drop embed enable encode equal escape estimate expand fall fill fit flow follow force gather
generate get give go grow guess handle have help hide hurt impose improve interact judge keep kill lead
learn leave let look lower make map maximise mean measure minimise mix move multiply need optimise pass
pay penalise pick play point predict preserve prevent process provide pull push raise reach rebuild
recover reduce regularise relate rely reproduce restrict return reward rise run save say scale see select
send separate serve show shrink skip smooth squash stand start stay stop suffer sum switch take tell
throw train treat turn use weigh wipe
"""
"""Verbs of the bank, by which a sentence is parted into its subject and what is said of it."""
